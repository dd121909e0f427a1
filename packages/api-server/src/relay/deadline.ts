/** `OR_TOTAL_TIMEOUT` at the API server: whoever answers, and however, no request lasts for ever. */
import { OrcestatorError } from '@orcestator/protocol';
import type { Clock, TimerHandle } from '@orcestator/service-kit';

/**
 * Milliseconds by which a worker of ours, which ends its answers after the same time itself, is ahead: it knows what the
 * upstream was doing, so its words come first. Its time begins a hop later, and its error needs the way back.
 */
export const TOTAL_MARGIN_MS = 10_000;

export interface Deadline {
  /** Aborts with the given signal, or with a `timeout` when the time is over. */
  readonly signal: AbortSignal;
  /** No worker of ours answers, so nobody else looks at the time: it ends without the margin. */
  readonly endAfterTotal: () => void;
  readonly stop: () => void;
}

/** `total`: milliseconds from now. */
export function startDeadline(outer: AbortSignal, total: number, clock: Clock): Deadline {
  const abort = new AbortController();
  const start = clock.monotonic();
  const pass = (): void => abort.abort(outer.reason);
  if (outer.aborted) pass();
  else outer.addEventListener('abort', pass, { once: true });
  const arm = (milliseconds: number): TimerHandle =>
    clock.after(milliseconds, () => abort.abort(tookTooLong(total)));
  let timer = arm(total + TOTAL_MARGIN_MS);
  let isExact = false;
  return {
    signal: abort.signal,
    endAfterTotal: () => {
      if (isExact || abort.signal.aborted) return;
      isExact = true;
      timer.stop();
      timer = arm(Math.max(0, start + total - clock.monotonic()));
    },
    stop: () => {
      timer.stop();
      outer.removeEventListener('abort', pass);
    },
  };
}

/** True when the request has used up its time: neither has its client left nor does the service stop. */
export function isOverdue({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof OrcestatorError && reason.kind === 'timeout';
}

function tookTooLong(total: number): OrcestatorError {
  return new OrcestatorError('timeout', `The answer took longer than ${total / 1000} s (OR_TOTAL_TIMEOUT).`);
}
