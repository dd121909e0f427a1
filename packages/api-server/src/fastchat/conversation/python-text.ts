/** The few habits of Python's `str` that FastChat's templates lean on; a prompt must come out the same to the character. */

/** What stands in a message: text, nothing, content parts that became FastChat's `(text, images)`, or any other JSON. */
export type MessageText = string | null | TextTuple | readonly unknown[] | object;

/** FastChat's tuple of a user's content parts; the images are never there, see `read-messages.ts`. */
export class TextTuple {
  constructor(readonly text: string) {}
}

/** Where Python would raise a TypeError, KeyError, AttributeError or ValueError. Becomes a 400. */
export class TemplateError extends Error {}

const WHITESPACE = '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${WHITESPACE}]+`);

/** `str.strip()`: JavaScript's `trim` has other characters (U+FEFF, not U+0085 and U+001C–1F). */
export function strip(text: string): string {
  return rstrip(text.replace(LEADING, ''), isWhitespace);
}

const whitespace = new RegExp(`[${WHITESPACE}]`);
const isWhitespace = (character: string): boolean => whitespace.test(character);

/** `str.rstrip(characters)`: a set of characters, not a suffix. Without a regular expression, which would be quadratic. */
export function rstrip(text: string, isStripped: (character: string) => boolean): string {
  let end = text.length;
  while (end > 0 && isStripped(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** `if message:` — an empty text and nothing are false, a tuple never is. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null && !(value instanceof TextTuple))
    return Object.keys(value).length > 0;
  return Boolean(value);
}

/** `template.format(system_message=value)`; throws where Python raises KeyError, IndexError or ValueError. */
export function formatSystem(template: string, value: unknown): string {
  return template.replaceAll(
    /\{\{|\}\}|\{([^{}]*)\}|[{}]/g,
    (match: string, field: string | undefined): string => {
      if (match === '{{' || match === '}}') return match.charAt(0);
      if (field === 'system_message') return str(value);
      throw new TemplateError(`the system template has ${match}, which is no {system_message}`);
    },
  );
}

/** `str(value)`, as an f-string writes it. */
export function str(value: unknown): string {
  return typeof value === 'string' ? value : repr(value);
}

/** `repr(value)` of what JSON or a {@link TextTuple} can hold. */
export function repr(value: unknown): string {
  if (typeof value === 'string') return reprString(value);
  if (value instanceof TextTuple) return `(${reprString(value.text)}, [])`;
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${reprString(key)}: ${repr(item)}`)
      .join(', ')}}`;
  }
  return 'None';
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** `str.isprintable` is false for these, the space excepted. */
const UNPRINTABLE = /[\p{C}\p{Z}]/u;

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let written = '';
  for (const character of text) {
    if (character === quote) written += `\\${character}`;
    else if (character !== ' ' && UNPRINTABLE.test(character))
      written += escapes[character] ?? hex(character);
    else written += escapes[character] ?? character;
  }
  return quote + written + quote;
}

function hex(character: string): string {
  const code = character.codePointAt(0) as number;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
