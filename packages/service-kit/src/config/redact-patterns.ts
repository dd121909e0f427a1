/** `OR_REDACT_PATTERNS`: regular expressions of what must not be written, checked so that none of them can hang a service. */
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

const MOST_PATTERNS = 50;
const LONGEST_PATTERN = 500;
/** Milliseconds that a pattern may take for {@link PROBE_LENGTH} characters. */
const PROBE_MS = 250;
/** A busy machine can stand still for that long; a bad pattern is slow each time. */
const PROBE_TRIES = 3;
/** A pattern whose time grows with the square of the text shows it here; a prompt may have ten times more. */
const PROBE_LENGTH = 131_072;
/** Texts that make bad patterns backtrack: one character, two in turn, words, and an end that does not fit. */
const probes = [
  'a',
  '0',
  ' ',
  'ab',
  'a ',
  'a1',
  '=',
  '/',
  '-',
  '.',
  '"',
  'A',
  'Aa0_-',
  'user@a.',
  '\n',
  'я',
].map((unit) => `${unit.repeat(PROBE_LENGTH / unit.length)}\u0001`);

/** A JSON list of patterns, or the path of a file with one a line. `/…/i` has flags; throws what is wrong and with which. */
export function redactPatterns(text: string): RegExp[] {
  const sources = sourcesOf(text.trim());
  if (sources.length > MOST_PATTERNS)
    throw new Error(`there are ${sources.length} patterns, ${MOST_PATTERNS} at most are allowed`);
  return sources.map(compile);
}

function sourcesOf(text: string): string[] {
  if (!text.startsWith('[')) return fileLines(text);
  const wrong = new Error('this is no JSON list of texts; for example ["ACME-[0-9]{6}", "/secret-\\\\w+/i"]');
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  throw wrong;
}

/** Empty lines and those that begin with `#` are left out. */
function fileLines(path: string): string[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(
      `neither a JSON list nor a file that can be read: ${error instanceof Error ? error.message : ''}`,
    );
  }
  return content
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function compile(source: string, index: number): RegExp {
  // The pattern itself is not repeated: it may hold what it is to hide.
  const name = `pattern ${index + 1}`;
  if (source.length > LONGEST_PATTERN)
    throw new Error(`${name} is longer than ${LONGEST_PATTERN} characters`);
  const [, body = source, flags = ''] = /^\/(.+)\/([imsu]*)$/s.exec(source) ?? [];
  let pattern: RegExp;
  try {
    pattern = new RegExp(body, `${flags}g`);
  } catch {
    throw new Error(`${name} is no regular expression`);
  }
  if (''.replace(pattern, 'x') !== '') throw new Error(`${name} fits the empty text: it would hide nothing`);
  if (!probes.every((probe) => isFast(pattern, probe)))
    throw new Error(`${name} is too slow: nested or adjoining repetitions such as (a+)+ or \\s+\\s+ must go`);
  return pattern;
}

/** Only a context with a time limit can stop a regular expression that runs. */
function isFast(pattern: RegExp, text: string): boolean {
  const context = createContext({ pattern, text });
  for (let attempt = 0; attempt < PROBE_TRIES; attempt += 1) {
    try {
      runInContext('text.replace(pattern, "")', context, { timeout: PROBE_MS });
      return true;
    } catch {
      // Too slow, this time at least.
    }
  }
  return false;
}
