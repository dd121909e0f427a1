/** The database as people read it: beside a running worker, without disturbing it. */
import type { DataSource } from 'typeorm';
import type { AuditOutcome } from './audit-row';
import {
  HourEntity,
  RequestEntity,
  TextsEntity,
  type StoredHour,
  type StoredRequest,
  type StoredTexts,
} from './entities';
import { HOUR_MS } from './hours';
import { openToRead } from './open-database';

export interface AuditFilter {
  /** Epoch milliseconds; the second one is not included. */
  readonly from: number;
  readonly to: number;
  /** The model that answered or the one asked for. */
  readonly model?: string;
  readonly outcome?: AuditOutcome;
}

export interface StoredConversation {
  readonly row: StoredRequest;
  /** `undefined` where only metadata was kept. */
  readonly texts: StoredTexts | undefined;
}

export interface AuditReader {
  /** The sums of the hours that the time touches: a whole year is some thousand rows. */
  hours(from: number, to: number): Promise<StoredHour[]>;
  /** Requests with this id or generation id, oldest first: a client may use an id twice, and a failing worker's request goes to another. */
  find(id: string): Promise<StoredRequest[]>;
  /** Ids that begin so, at most `limit`. */
  idsWithPrefix(prefix: string, limit: number): Promise<string[]>;
  texts(row: StoredRequest): Promise<StoredTexts | undefined>;
  /** First and last start among the requests of this time; `undefined` when there are none. */
  span(filter: AuditFilter): Promise<{ first: number; last: number } | undefined>;
  /** All requests in order of their start, page by page, so that a long reading holds up no writer. */
  pages(filter: AuditFilter, withTexts: boolean): AsyncGenerator<StoredConversation[]>;
  close(): Promise<void>;
}

/** Throws `AuditRefusedError` with the remedy. */
export async function openAuditReader(path: string): Promise<AuditReader> {
  const source = await openToRead({ path });
  return {
    hours: (from, to) => source.query(hoursSql, [Math.floor(from / HOUR_MS), Math.ceil(to / HOUR_MS)]),
    find: async (id) => (await requests(source, findSql, [id, id])).sort((a, b) => a.id - b.id),
    idsWithPrefix: async (prefix, limit) => {
      const rows: { id: string }[] = await source.query(prefixSql, [prefix, `${prefix}\u{10ffff}`, limit]);
      return rows.map(({ id }) => id);
    },
    texts: (row) =>
      source.manager.findOneBy(TextsEntity, { requestRow: row.id }).then((found) => found ?? undefined),
    span: async ({ from, to }) => {
      const [found]: { first: number | null; last: number | null }[] = await source.query(spanSql, [
        ...[from, to],
        ...[from, to],
      ]);
      return found && found.first !== null && found.last !== null
        ? { first: found.first, last: found.last }
        : undefined;
    },
    pages: (filter, withTexts) => pages(source, filter, withTexts),
    close: () => source.destroy(),
  };
}

/** Columns under the names of the entity; rows of the ORM itself would cost ten times as much. */
function columnsOf(entity: { options: { columns: Record<string, { name?: string } | undefined> } }): string {
  return Object.entries(entity.options.columns)
    .map(([property, column]) => `${column?.name ?? property} AS "${property}"`)
    .join(', ');
}

const requestColumns = columnsOf(RequestEntity);
export const hoursSql = `SELECT ${columnsOf(HourEntity)} FROM request_hours WHERE hour >= ? AND hour < ? ORDER BY hour`;
export const findSql = `SELECT ${requestColumns} FROM requests WHERE request_id = ? OR generation_id = ? LIMIT 50`;
export const prefixSql =
  'SELECT DISTINCT request_id AS id FROM requests WHERE request_id >= ? AND request_id < ? LIMIT ?';
/** Two subqueries, since SQLite takes a minimum and a maximum out of an index only one at a time. */
export const spanSql = `SELECT
  (SELECT started_at FROM requests WHERE started_at >= ? AND started_at < ? ORDER BY started_at LIMIT 1) AS first,
  (SELECT started_at FROM requests WHERE started_at >= ? AND started_at < ? ORDER BY started_at DESC LIMIT 1) AS last`;

async function requests(source: DataSource, sql: string, parameters: unknown[]): Promise<StoredRequest[]> {
  const rows: (StoredRequest & { isStream: unknown })[] = await source.query(sql, parameters);
  return rows.map((row) => ({ ...row, isStream: Boolean(row.isStream) }));
}

/** Requests and texts of one page. */
const PAGE = { rows: 1_000, withTexts: 50 };

async function* pages(
  source: DataSource,
  filter: AuditFilter,
  withTexts: boolean,
): AsyncGenerator<StoredConversation[]> {
  const limit = withTexts ? PAGE.withTexts : PAGE.rows;
  let after = { startedAt: filter.from, id: -1 };
  for (;;) {
    const { sql, parameters } = pageSql(filter, after, limit);
    const rows = await requests(source, sql, parameters);
    const last = rows.at(-1);
    if (!last) return;
    const texts = withTexts ? await textsOf(source, rows) : new Map<number, StoredTexts>();
    yield rows.map((row) => ({ row, texts: texts.get(row.id) }));
    if (rows.length < limit) return;
    after = last;
  }
}

/** The page behind a request, in the order of the index on `started_at`. */
export function pageSql(
  { to, model, outcome }: AuditFilter,
  after: { startedAt: number; id: number },
  limit: number,
): { sql: string; parameters: unknown[] } {
  const conditions = ['(started_at, id) > (?, ?)', 'started_at < ?'];
  const parameters: unknown[] = [after.startedAt, after.id, to];
  // Only with its words does SQLite take the partial index.
  if (outcome !== undefined && outcome !== 'ok') conditions.push("outcome <> 'ok'");
  if (outcome !== undefined) {
    conditions.push('outcome = ?');
    parameters.push(outcome);
  }
  if (model !== undefined) {
    conditions.push('(upstream_model = ? OR requested_model = ?)');
    parameters.push(model, model);
  }
  const sql = `SELECT ${requestColumns} FROM requests WHERE ${conditions.join(' AND ')} ORDER BY started_at, id LIMIT ?`;
  return { sql, parameters: [...parameters, limit] };
}

async function textsOf(
  source: DataSource,
  rows: readonly StoredRequest[],
): Promise<Map<number, StoredTexts>> {
  const sql = `SELECT ${columnsOf(TextsEntity)} FROM request_texts WHERE request_row IN (${rows.map(() => '?').join(', ')})`;
  const found: StoredTexts[] = await source.query(
    sql,
    rows.map(({ id }) => id),
  );
  return new Map(found.map((texts) => [texts.requestRow, texts]));
}
