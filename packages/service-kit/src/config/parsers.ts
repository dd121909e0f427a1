/** Text → value, or an `Error` that says what would be right. The caller adds the name of the setting. */

export const text = (value: string): string => value;

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== '' && Number.isInteger(number) && number >= minimum && number <= maximum)
      return number;
    const range = maximum === Number.MAX_SAFE_INTEGER ? `at least ${minimum}` : `${minimum} to ${maximum}`;
    throw new Error(`"${value}" is not a whole number (${range})`);
  };
}

/** A TCP port; 0 lets the system choose. */
export function port(value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value.trim()) && number <= 65_535) return number;
  throw new Error(`"${value}" is not a port (0 to 65535)`);
}

/** Seconds, fractions allowed. */
export function seconds(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number) && number > 0) return number;
  throw new Error(`"${value}" is not a number of seconds above 0`);
}

/** Seconds, fractions allowed; 0 for "off". */
export function secondsOrZero(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new Error(`"${value}" is not a number of seconds (0 or more)`);
}

/** An http or https address, without a slash at its end. */
export function httpUrl(value: string): string {
  const trimmed = value.trim();
  if (/^https?:\/\/[^/]/i.test(trimmed) && URL.canParse(trimmed)) return trimmed.replace(/\/+$/, '');
  throw new Error(`"${value}" is not an address such as http://127.0.0.1:21001`);
}

/** Comma-separated words; blanks around them and empty ones are dropped. */
export function list(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** A list as JSON (FastChat's `--allowed-origins '["*"]'`) or separated by commas. */
export function jsonOrCommaList(value: string): string[] {
  if (!value.trim().startsWith('[')) return list(value);
  const message = `"${value}" is neither a JSON list of texts nor a list separated by commas`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    throw new Error(message);
  }
  if (Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')) return parsed;
  throw new Error(message);
}

export function boolean(value: string): boolean {
  const word = value.trim().toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new Error(`"${value}" is neither true nor false`);
}

export function oneOf<T extends string>(words: readonly T[]): (value: string) => T {
  return (value) => {
    const word = words.find((candidate) => candidate === value.trim().toLowerCase());
    if (word !== undefined) return word;
    throw new Error(`"${value}" is not one of ${words.join(', ')}`);
  };
}

/** Bytes in a megabyte as sizes are meant here. */
export const MEBIBYTE = 1024 * 1024;
