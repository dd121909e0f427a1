/** Where the time of a request went, hop by hop: the `Server-Timing` header (W3C Server Timing), a log field, a metric. */
import { SERVER_TIMING_HEADER } from '@orcestator/protocol';
import type { Response } from 'express';
import type { Clock } from '../clock';

/** Hops and their milliseconds, in the order in which they began. */
export type HopTimes = readonly (readonly [hop: string, milliseconds: number])[];

export class ServerTiming {
  readonly #own: string;
  readonly #clock: Clock;
  readonly #start: number;
  readonly #times = new Map<string, number>();
  readonly #running = new Map<string, number>();
  /** As a peer told them: part of the header and the log, not of this service's metrics. */
  #told: HopTimes = [];
  #end: number | undefined;

  /** `own` names what is left when all hops are taken off: the service itself. */
  constructor(own: string, clock: Clock) {
    this.#own = own;
    this.#clock = clock;
    this.#start = clock.monotonic();
  }

  start(hop: string): void {
    this.#times.set(hop, this.#times.get(hop) ?? 0);
    this.#running.set(hop, this.#clock.monotonic());
  }

  /** Does nothing when the hop is not running. */
  stop(hop: string): void {
    const since = this.#running.get(hop);
    if (since === undefined) return;
    this.#running.delete(hop);
    this.#end = this.#clock.monotonic();
    this.#times.set(hop, (this.#times.get(hop) ?? 0) + this.#end - since);
  }

  /** Runs the work as that hop, whether it succeeds or not. */
  async during<T>(hop: string, work: () => Promise<T>): Promise<T> {
    this.start(hop);
    try {
      return await work();
    } finally {
      this.stop(hop);
    }
  }

  /** What was measured as one hop turns out to be another. */
  rename(from: string, to: string): void {
    const time = this.#times.get(from);
    if (time === undefined) return;
    this.#times.delete(from);
    this.#times.set(to, (this.#times.get(to) ?? 0) + time);
  }

  /** What the peer behind this hop tells of itself stands in for it; its way there and back becomes our own. */
  replace(hop: string, told: HopTimes): void {
    this.#times.delete(hop);
    this.#told = told;
  }

  /** The head goes out: later time is the answer's, not a hop's. */
  head(): void {
    this.#end = this.#clock.monotonic();
  }

  /** What this service measured itself, its own time first; running hops so far. */
  measured(): HopTimes {
    const now = this.#clock.monotonic();
    const hops = [...this.#times].map(([hop, time]): [string, number] => {
      const since = this.#running.get(hop);
      return [hop, since === undefined ? time : time + now - since];
    });
    const end = this.#running.size > 0 ? now : (this.#end ?? now);
    const others = [...hops, ...this.#told].reduce((sum, [, time]) => sum + time, 0);
    return [[this.#own, Math.max(0, end - this.#start - others)], ...hops];
  }

  all(): HopTimes {
    return [...this.measured(), ...this.#told];
  }
}

/** `gateway;dur=1.2, dispatch;dur=0.8`: milliseconds, one digit behind the point. */
export function formatServerTiming(times: HopTimes): string {
  return times.map(([hop, time]) => `${hop};dur=${time.toFixed(1)}`).join(', ');
}

/** The metrics of a peer's header that have a name of `hops`; others may overlap with them. */
export function parseServerTiming(header: unknown, hops: readonly string[]): HopTimes {
  if (typeof header !== 'string') return [];
  return header.split(',').flatMap((metric): [string, number][] => {
    const [, hop = '', duration = ''] = /^\s*([\w-]+)\s*;\s*dur=(\d+(?:\.\d+)?)\s*$/.exec(metric) ?? [];
    return hops.includes(hop) ? [[hop, Number(duration)]] : [];
  });
}

/** Begins to time the answer; its head will carry the header, whoever writes it: a handler, a sink, the error handler. */
export function startServerTiming(response: Response, own: string, clock: Clock): ServerTiming {
  const timing = new ServerTiming(own, clock);
  response.locals.serverTiming = timing;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => Response;
  response.writeHead = (...args: unknown[]) => {
    timing.head();
    if (!response.headersSent) response.setHeader(SERVER_TIMING_HEADER, formatServerTiming(timing.all()));
    return writeHead(...args);
  };
  return timing;
}

/** The timing of this answer; `undefined` where nobody began one. */
export function serverTimingOf(response: Response): ServerTiming | undefined {
  return response.locals.serverTiming instanceof ServerTiming ? response.locals.serverTiming : undefined;
}
