/** Bytes of a traffic log → its rows; for `orcestator logs` and for tests. */
import { StringDecoder } from 'node:string_decoder';
import type { Outcome } from '../recording';
import { unescapeCsv, unescapeTsv } from './traffic-escapes';
import { formatOfStart, trafficColumns, type TrafficFormat, type TrafficRow } from './traffic-row';
import { outcomeOf } from './traffic-texts';

/** A row read back, with its outcome taken from the last line of `assistant`. */
export interface ReadRow extends TrafficRow {
  readonly outcome: Outcome;
}

/** Takes a file piece by piece and gives the rows that are complete; TSV or CSV by its first line. */
export class TrafficReader {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #format: TrafficFormat | undefined;
  /** Lines that are no rows: headers apart, a torn row, or a file that is no traffic log. */
  strangeLines = 0;

  push(bytes: Buffer): ReadRow[] {
    this.#rest += this.#decoder.write(bytes);
    if (this.#format === undefined) {
      if (!this.#rest.includes('\n')) return [];
      this.#format = formatOfStart(this.#rest) ?? 'tsv';
    }
    const records = this.#format === 'csv' ? this.#takeCsv() : this.#takeTsv();
    return records.flatMap((fields) => this.#row(fields));
  }

  #takeTsv(): string[][] {
    const end = this.#rest.lastIndexOf('\n');
    if (end < 0) return [];
    const lines = this.#rest.slice(0, end).split('\n');
    this.#rest = this.#rest.slice(end + 1);
    return lines.map((line) => line.replace(/\r$/, '').split('\t').map(unescapeTsv));
  }

  /** A record ends at a line end before which the quotes are even (RFC 4180). */
  #takeCsv(): string[][] {
    const records: string[][] = [];
    let start = 0;
    let isQuoted = false;
    for (const { 0: found, index } of this.#rest.matchAll(/["\n]/g)) {
      if (found === '"') isQuoted = !isQuoted;
      else if (!isQuoted) {
        records.push(splitCsv(this.#rest.slice(start, index).replace(/\r$/, '')).map(unescapeCsv));
        start = index + 1;
      }
    }
    this.#rest = this.#rest.slice(start);
    return records;
  }

  #row(fields: readonly string[]): ReadRow[] {
    const [time = '', user = '', assistant = '', promptTokens = '', completionTokens = '', latency = ''] =
      fields;
    if (time.replace(/^\ufeff/, '') === trafficColumns[0]) return [];
    const endedAt = new Date(time);
    if (fields.length !== trafficColumns.length || Number.isNaN(endedAt.getTime())) {
      this.strangeLines += 1;
      return [];
    }
    return [
      {
        endedAt,
        user,
        assistant,
        promptTokens: count(promptTokens),
        completionTokens: count(completionTokens),
        latencyMs: Number(latency),
        outcome: outcomeOf(assistant),
      },
    ];
  }
}

const count = (field: string): number | undefined => (field === '' ? undefined : Number(field));

function splitCsv(record: string): string[] {
  return [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
