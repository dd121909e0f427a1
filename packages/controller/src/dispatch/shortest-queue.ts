/** `shortest_queue`: the least queue per unit of speed; the earlier worker wins a tie. */
import type { WorkerInfo } from '../worker-info';
import type { Dispatch } from './dispatch';

/** As FastChat: controller.py get_worker_address. */
export const shortestQueue: Dispatch = (workers) =>
  workers.reduce<WorkerInfo | undefined>(
    (best, worker) => (best && load(best) <= load(worker) ? best : worker),
    undefined,
  );

/** A worker without speed comes last; FastChat divides by zero there. */
function load({ queueLength, speed }: WorkerInfo): number {
  return speed > 0 ? queueLength / speed : Number.POSITIVE_INFINITY;
}
