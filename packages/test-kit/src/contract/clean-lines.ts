/** The framing of a clean stream: LF, whole lines, nothing but one-line `data:`, comments and blank lines. */

/** What breaks the stream contract, with the line that does. */
export class BrokenContractError extends Error {
  constructor(rule: string, line: string) {
    super(`${rule}: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`);
    this.name = 'BrokenContractError';
  }
}

export interface CleanLines {
  /** The payloads of the `data:` lines, in order. */
  readonly data: readonly string[];
  readonly comments: readonly string[];
}

const PREFIX = 'data: ';

/** Takes the bytes apart; throws a {@link BrokenContractError}. */
export function readCleanLines(bytes: Uint8Array): CleanLines {
  const lines = decode(bytes).split('\n');
  if (lines.pop() !== '') throw new BrokenContractError('the stream ends inside a line', lines.at(-1) ?? '');
  const data: string[] = [];
  const comments: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    if (line.startsWith(':')) comments.push(line.slice(1).trim());
    else if (!line.startsWith(PREFIX) || line.startsWith(`${PREFIX} `))
      throw new BrokenContractError('neither "data: ", a comment nor blank', line);
    else if (lines[at + 1] !== '') throw new BrokenContractError('no blank line after the event', line);
    else data.push(line.slice(PREFIX.length));
  }
  return { data, comments };
}

function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BrokenContractError('not valid UTF-8', Buffer.from(bytes).toString('latin1'));
  }
  const lineWith = (mark: string): string => text.split('\n').find((line) => line.includes(mark)) ?? '';
  for (const [name, mark] of [
    ['a carriage return', '\r'],
    ['a replacement character', '\ufffd'],
    ['a byte order mark', '\ufeff'],
  ] as const) {
    if (text.includes(mark)) throw new BrokenContractError(name, lineWith(mark));
  }
  return text;
}
