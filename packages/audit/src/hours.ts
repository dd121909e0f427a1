/** Sums of an hour: what a batch adds to the table that statistics are read from. */
import type { EntityManager } from 'typeorm';
import type { AuditRow, AuditUsage } from './audit-row';
import { HourEntity, type StoredHour } from './entities';
import { addDuration, mergeHistograms, type Histogram } from './latency-histogram';

export const HOUR_MS = 3_600_000;

type Sums = { -readonly [Key in keyof StoredHour]: StoredHour[Key] };
type HourKey = Pick<StoredHour, 'hour' | 'model' | 'client'>;

const keyOf = (row: AuditRow): HourKey => ({
  hour: Math.floor(row.startedAt / HOUR_MS),
  model: row.upstreamModel || row.requestedModel,
  client: row.client,
});

/** Adds these requests; to be called in the transaction that writes them, after its first write: nobody writes in between then. */
export async function addToHours(manager: EntityManager, rows: readonly AuditRow[]): Promise<void> {
  const groups = new Map<string, AuditRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  for (const [key, group] of groups) await addGroup(manager, JSON.parse(key) as HourKey, group);
}

/** Adds tokens and cost that became known later. */
export async function addUsageToHour(
  manager: EntityManager,
  row: AuditRow,
  usage: AuditUsage,
): Promise<void> {
  const sums = await manager.findOneBy(HourEntity, keyOf(row));
  if (!sums) return;
  const added: Sums = { ...sums };
  addUsage(added, usage);
  await manager.upsert(HourEntity, added, ['hour', 'model', 'client']);
}

async function addGroup(manager: EntityManager, key: HourKey, rows: readonly AuditRow[]): Promise<void> {
  const known = await manager.findOneBy(HourEntity, key);
  const sums: Sums = known ? { ...known } : { ...key, ...nothing };
  const durations = JSON.parse(sums.durations) as Histogram;
  const firstTokens = JSON.parse(sums.firstTokens) as Histogram;
  for (const row of rows) {
    sums.requests += 1;
    if (row.outcome === 'error') sums.errors += 1;
    if (row.outcome === 'cancelled') sums.cancelled += 1;
    addUsage(sums, row);
    addDuration(durations, row.durationMs);
    if (row.firstTokenMs !== null) addDuration(firstTokens, row.firstTokenMs);
  }
  sums.durations = JSON.stringify(durations);
  sums.firstTokens = JSON.stringify(firstTokens);
  await manager.upsert(HourEntity, sums, ['hour', 'model', 'client']);
}

function addUsage(sums: Sums, usage: AuditUsage): void {
  sums.promptTokens += usage.promptTokens ?? 0;
  sums.completionTokens += usage.completionTokens ?? 0;
  sums.cachedTokens += usage.cachedTokens ?? 0;
  sums.reasoningTokens += usage.reasoningTokens ?? 0;
  sums.cost += usage.cost ?? 0;
}

const nothing = {
  requests: 0,
  errors: 0,
  cancelled: 0,
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  cost: 0,
  durations: '{}',
  firstTokens: '{}',
};

/** Sums of several hours as one. */
export interface Totals extends Omit<StoredHour, 'hour' | 'model' | 'client' | 'durations' | 'firstTokens'> {
  readonly durations: Histogram;
  readonly firstTokens: Histogram;
}

export function totalOf(hours: readonly StoredHour[]): Totals {
  const sums: Sums = { hour: 0, model: '', client: '', ...nothing };
  const durations: Histogram = {};
  const firstTokens: Histogram = {};
  for (const hour of hours) {
    sums.requests += hour.requests;
    sums.errors += hour.errors;
    sums.cancelled += hour.cancelled;
    addUsage(sums, hour);
    mergeHistograms(durations, JSON.parse(hour.durations) as Histogram);
    mergeHistograms(firstTokens, JSON.parse(hour.firstTokens) as Histogram);
  }
  const { hour: _hour, model: _model, client: _client, ...rest } = sums;
  return { ...rest, durations, firstTokens };
}
