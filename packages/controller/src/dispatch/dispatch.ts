/** What a dispatch method is. */
import type { WorkerInfo } from '../worker-info';

/** Picks one of the workers that serve a model, or none. Pure; `random` returns a number in [0, 1). */
export type Dispatch = (workers: readonly WorkerInfo[], random: () => number) => WorkerInfo | undefined;
