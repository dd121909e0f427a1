/** Helpers for tests: open ports, moved time, silent logs. Never used by a service. */
import { setMaxListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import { cpuUsage } from 'node:process';
import { Registry } from 'prom-client';
import type { Clock } from '../clock';
import type { Logger } from '../create-logger';
import { listen, type Listening } from '../http/listen';
import { createRedact } from '../secrets';
import type { ServiceKit } from '../service';
import { systemClock } from '../clock';

/** Opens an application on a free port of 127.0.0.1. */
export async function startApp(listener: RequestListener): Promise<Listening> {
  const listening = await listen(listener, { host: '127.0.0.1', port: 0 });
  return {
    ...listening,
    close: async () => {
      const closed = listening.close();
      listening.closeAllConnections();
      await closed;
    },
  };
}

/** Time that moves when the test says so. */
export interface ManualClock extends Clock {
  /** Moves time and runs what has become due, in order, letting promises settle in between. */
  advance(milliseconds: number): Promise<void>;
  /** Timers that wait. */
  pending(): number;
}

export function createManualClock(start = Date.parse('2026-01-01T00:00:00Z')): ManualClock {
  let elapsed = 0;
  let timers: { at: number; call: () => void }[] = [];
  return {
    monotonic: () => elapsed,
    now: () => new Date(start + elapsed),
    after: (milliseconds, call) => {
      const timer = { at: elapsed + milliseconds, call };
      timers.push(timer);
      return { stop: () => void (timers = timers.filter((other) => other !== timer)) };
    },
    pending: () => timers.length,
    advance: async (milliseconds) => {
      const end = elapsed + milliseconds;
      await settle();
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        elapsed = next.at;
        next.call();
        await settle();
      }
      elapsed = end;
    },
  };
}

/** Every running request listens to it. */
function createStopSignal(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

/** Lets pending promises and immediate callbacks run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A logger that keeps its lines. */
export interface RecordingLogger extends Logger {
  readonly lines: string[];
}

export function createRecordingLogger(): RecordingLogger {
  const lines: string[] = [];
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    const texts = Object.entries(fields ?? {}).map(
      ([key, value]) => `${key}=${value instanceof Error ? value.message : JSON.stringify(value)}`,
    );
    lines.push([level, message, ...texts].join(' '));
  };
  return { lines, error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
}

/** What a process gives a service, for tests; any part can be replaced. */
export function createTestKit(parts: Partial<ServiceKit> = {}): ServiceKit & { logger: Logger } {
  return {
    logger: createRecordingLogger(),
    registry: new Registry(),
    clock: systemClock,
    redact: createRedact(),
    stopSignal: createStopSignal(),
    ...parts,
  };
}

/** Asks again every few milliseconds until the condition holds; throws its last word after `milliseconds`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  milliseconds = 5_000,
): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not true after ${milliseconds} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Milliseconds of processor time that the work takes: what else runs on the machine does not count. */
export function processorTime(work: () => void): number {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1000;
}
