/** Writes the lines of several processes into one terminal, each under its name. */
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

/** ANSI colours, one a process; none where the output is no terminal. */
const colours = [36, 33, 32, 35] as const;

export type WriteLine = (line: string) => void;

export interface PrefixOptions {
  readonly name: string;
  /** Position of the process, which picks its colour. */
  readonly position: number;
  readonly isTerminal: boolean;
  readonly write: WriteLine;
}

/** Passes each line of `source` on with its prefix; the last one also without a line end. */
export function prefixLines(source: Readable, { name, position, isTerminal, write }: PrefixOptions): void {
  const padded = name.padEnd(10);
  const prefix = isTerminal ? `\u001b[${colours[position % colours.length]}m${padded}\u001b[0m` : padded;
  createInterface({ input: source, crlfDelay: Infinity }).on('line', (line) => write(`${prefix} | ${line}`));
}
