/** A traffic log in a folder of its own, with time that the test moves. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, createRecordingLogger } from '@orcestator/service-kit/testing';
import { TrafficLog, type TrafficLogOptions } from '../traffic-log';
import type { TrafficRow } from '../traffic-row';

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'traffic '));
}

export const row = (user: string, assistant = 'a'): TrafficRow => ({
  endedAt: new Date('2026-01-01T00:00:00Z'),
  user,
  assistant,
  promptTokens: 1,
  completionTokens: 2,
  latencyMs: 3,
});

export function createTestLog(path: string, options: Partial<TrafficLogOptions> = {}) {
  const logger = createRecordingLogger();
  const clock = createManualClock(Date.parse('2026-01-01T00:00:00Z'));
  const lost: number[] = [];
  const waiting: number[] = [];
  const log = new TrafficLog({
    path,
    format: 'tsv',
    maxSize: 0,
    maxAge: 0,
    keep: 3,
    clock,
    logger,
    onLost: (rows) => lost.push(rows),
    onWaiting: (rows) => waiting.push(rows),
    ...options,
  });
  return { log, logger, clock, lost, waiting };
}
