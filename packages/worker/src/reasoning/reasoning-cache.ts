/**
 * Remembers what a model thought before it called a tool. Gemini and others want it back unchanged with the tool's result
 * (pitfall 11), and Copilot does not send it: the tool call's id, which it does send, finds it again.
 */

export interface ReasoningCache {
  /** Keeps the details under each id; the oldest entries go first when there are too many. */
  remember(toolCallIds: readonly string[], details: readonly unknown[]): void;
  find(toolCallId: string): readonly unknown[] | undefined;
}

export interface ReasoningCacheLimits {
  readonly entries: number;
  /** Of all details together, as JSON. */
  readonly characters: number;
}

interface Entry {
  readonly details: readonly unknown[];
  readonly characters: number;
}

export function createReasoningCache(limits: ReasoningCacheLimits): ReasoningCache {
  // A Map keeps its order of insertion: the first key is the least recently used.
  const entries = new Map<string, Entry>();
  let characters = 0;

  const drop = (id: string): void => {
    characters -= entries.get(id)?.characters ?? 0;
    entries.delete(id);
  };

  const touch = (id: string, entry: Entry): void => {
    drop(id);
    entries.set(id, entry);
    characters += entry.characters;
  };

  return {
    remember: (toolCallIds, details) => {
      const size = JSON.stringify(details).length;
      if (size > limits.characters) return;
      for (const id of toolCallIds) touch(id, { details, characters: size });
      for (const id of entries.keys()) {
        if (entries.size <= limits.entries && characters <= limits.characters) break;
        drop(id);
      }
    },
    find: (toolCallId) => {
      const entry = entries.get(toolCallId);
      if (entry) touch(toolCallId, entry);
      return entry?.details;
    },
  };
}
