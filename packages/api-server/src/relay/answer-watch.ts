/** The silences of an answer under way: its client is kept waiting with comments, but not for a worker that is frozen. */
import { OrcestatorError } from '@orcestator/protocol';
import { watchSilence, type Clock } from '@orcestator/service-kit';

/** Milliseconds of silence of a worker after which the client is sent a comment: our worker speaks every 10 s. */
const PING_INTERVAL_MS = 12_000;
/**
 * Such silences in a row after which a worker of ours is given up: a minute, six of its own comments missed. They are
 * counted, not measured, so that a machine that wakes up does not take its sleep for the worker's silence.
 */
const LONGEST_SILENCE = 5;

export interface AnswerWatchOptions {
  readonly clock: Clock;
  /** At each 12 s of silence. */
  readonly onSilence: () => void;
  /** When a worker has been silent for too long; absent for one that may be. */
  readonly onFrozen: ((error: OrcestatorError) => void) | undefined;
}

export interface AnswerWatch {
  /** A piece has come. */
  touch(): void;
  /** While the client does not take more, nothing is read: that is not the worker's silence. */
  rest(): void;
  resume(): void;
  stop(): void;
}

export function watchAnswer({ clock, onSilence, onFrozen }: AnswerWatchOptions): AnswerWatch {
  let silences = 0;
  let isResting = false;
  const silence = watchSilence(clock, PING_INTERVAL_MS, () => {
    onSilence();
    if (isResting) return;
    silences += 1;
    if (silences >= LONGEST_SILENCE) onFrozen?.(frozen());
  });
  const touch = (): void => {
    silences = 0;
    silence.touch();
  };
  return {
    touch,
    rest: () => void (isResting = true),
    resume: () => {
      isResting = false;
      touch();
    },
    stop: () => silence.stop(),
  };
}

function frozen(): OrcestatorError {
  const seconds = (LONGEST_SILENCE * PING_INTERVAL_MS) / 1000;
  return new OrcestatorError(
    'timeout',
    `The worker went silent in the middle of its answer: nothing has come from it for ${seconds} s.`,
  );
}
