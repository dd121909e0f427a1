/** `lottery`: a draw in which a worker's speed is its number of tickets. */
import type { Dispatch } from './dispatch';

/** A lower sum of speeds means that nobody works (FastChat: controller.py get_worker_address). */
const LEAST_TOTAL_SPEED = 1e-4;

export const lottery: Dispatch = (workers, random) => {
  const entrants = workers.filter((worker) => worker.speed > 0);
  const total = entrants.reduce((sum, worker) => sum + worker.speed, 0);
  if (total < LEAST_TOTAL_SPEED) return undefined;
  let ticket = random() * total;
  for (const worker of entrants) {
    ticket -= worker.speed;
    if (ticket < 0) return worker;
  }
  // Rounding can leave a last crumb of the total to nobody.
  return entrants.at(-1);
};
