/** The API server's metrics beside those of HTTP; names and labels are listed in docs/metrics.md (a test compares). */
import { LATENCY_BUCKETS, type Clock } from '@orcestator/service-kit';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The API server's own time, its questions to the controller, workers that did not take the request, a worker that does not tell its hops. */
export const API_SERVER_HOPS = ['gateway', 'dispatch', 'failover', 'upstream'] as const;

/** One answer under way. */
export interface AnswerTimer {
  readonly onBytes: (bytes: number) => void;
  /** The worker broke off in the middle of its answer. */
  readonly onBroken: () => void;
  readonly end: (isCancelled: boolean) => void;
}

export interface ApiServerMetrics {
  readonly startAnswer: () => AnswerTimer;
  readonly addFailover: () => void;
}

export function createApiServerMetrics(registry: Registry, clock: Clock): ApiServerMetrics {
  const registers = [registry];
  const firstByte = new Histogram({
    name: 'orcestator_api_server_time_to_first_byte_seconds',
    help: "Time from the request to the first byte of the worker's answer.",
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const inFlight = new Gauge({
    name: 'orcestator_api_server_in_flight_requests',
    help: 'Chat requests under way.',
    registers,
  });
  const relayed = new Counter({
    name: 'orcestator_api_server_relayed_bytes_total',
    help: 'Bytes of answers passed on from workers.',
    registers,
  });
  const cancelled = new Counter({
    name: 'orcestator_api_server_cancelled_requests_total',
    help: 'Chat requests whose client left before the end.',
    registers,
  });
  const failovers = new Counter({
    name: 'orcestator_api_server_failovers_total',
    help: 'Requests given to another worker because one did not take them.',
    registers,
  });
  const broken = new Counter({
    name: 'orcestator_api_server_broken_answers_total',
    help: 'Answers that a worker broke off in the middle.',
    registers,
  });
  return {
    addFailover: () => failovers.inc(),
    startAnswer: () => {
      const start = clock.monotonic();
      let hasBytes = false;
      inFlight.inc();
      return {
        onBytes: (bytes) => {
          relayed.inc(bytes);
          if (hasBytes) return;
          hasBytes = true;
          firstByte.observe((clock.monotonic() - start) / 1000);
        },
        onBroken: () => broken.inc(),
        end: (isCancelled) => {
          inFlight.dec();
          if (isCancelled) cancelled.inc();
        },
      };
    },
  };
}
