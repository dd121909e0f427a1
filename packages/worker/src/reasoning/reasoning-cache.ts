/**
 * Remembers what a model thought before it called a tool. Gemini and others want it back unchanged with the tool's result
 * (pitfall 11), and Copilot does not send it: the tool call, which it does send, finds it again.
 */
import { isDeepStrictEqual } from 'node:util';
import { isNestedDeeper, MAX_NESTING } from '@orcestator/protocol';

export type ReasoningDetails = readonly unknown[];

export interface ReasoningCache {
  /** Keeps the details under each key; the oldest entries go first when there are too many. */
  remember(keys: readonly string[], details: ReasoningDetails): void;
  /** All that was remembered under the key: more than one where nothing tells them apart. */
  find(key: string): readonly ReasoningDetails[] | undefined;
}

export interface ReasoningCacheLimits {
  readonly entries: number;
  /** Of all details together, as JSON. */
  readonly characters: number;
}

interface Entry {
  readonly alternatives: readonly ReasoningDetails[];
  readonly characters: number;
}

/** Different details kept under one key: two are too many already, unless the client sends a part of them. */
const MAX_ALTERNATIVES = 4;

export function createReasoningCache(limits: ReasoningCacheLimits): ReasoningCache {
  // A Map keeps its order of insertion: the first key is the least recently used.
  const entries = new Map<string, Entry>();
  let characters = 0;

  const drop = (key: string): void => {
    characters -= entries.get(key)?.characters ?? 0;
    entries.delete(key);
  };

  const touch = (key: string, entry: Entry): void => {
    drop(key);
    entries.set(key, entry);
    characters += entry.characters;
  };

  return {
    remember: (keys, details) => {
      if (isNestedDeeper(details, MAX_NESTING)) return;
      const size = JSON.stringify(details).length;
      if (size > limits.characters) return;
      for (const key of keys) touch(key, withAlternative(entries.get(key), details, size));
      for (const key of entries.keys()) {
        if (entries.size <= limits.entries && characters <= limits.characters) break;
        drop(key);
      }
    },
    find: (key) => {
      const entry = entries.get(key);
      if (entry) touch(key, entry);
      return entry?.alternatives;
    },
  };
}

function withAlternative(entry: Entry | undefined, details: ReasoningDetails, size: number): Entry {
  if (!entry) return { alternatives: [details], characters: size };
  const { alternatives, characters } = entry;
  if (alternatives.some((known) => isDeepStrictEqual(known, details))) return entry;
  // One more would tell nothing new: nobody can choose between those that are here.
  if (alternatives.length >= MAX_ALTERNATIVES) return entry;
  return { alternatives: [...alternatives, details], characters: characters + size };
}
