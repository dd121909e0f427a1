/** What every dispatch method must do: the whole test of a new one, besides its own rule. */
import { createWorkerInfo, type WorkerInfo } from '../worker-info';
import type { Dispatch } from './dispatch';

/** A worker with this speed and queue. */
export function workerWith(workerName: string, speed: number, queueLength: number): WorkerInfo {
  const identity = { workerName, checkHeartBeat: true, multimodal: false, registration: 1 };
  return createWorkerInfo(
    identity,
    { status: { model_names: ['m'], speed, queue_length: queueLength }, askedBy: undefined },
    0,
  );
}

export function describeDispatch(name: string, dispatch: Dispatch): void {
  const draws = [0, 0.25, 0.5, 0.75, 1 - Number.EPSILON];

  describe(`${name} as a dispatch method`, () => {
    it('chooses nobody among nobody', () => {
      for (const draw of draws) expect(dispatch([], () => draw)).toBeUndefined();
    });

    it('chooses the only worker', () => {
      const only = workerWith('http://a', 1, 100);
      for (const draw of draws) expect(dispatch([only], () => draw)).toBe(only);
    });

    it('chooses one of the given workers, whatever is drawn', () => {
      const workers = [
        workerWith('http://a', 0.1, 3),
        workerWith('http://b', 0.2, 0),
        workerWith('http://c', 3, 9),
      ];
      for (const draw of draws) expect(workers).toContain(dispatch(workers, () => draw));
    });

    it('never prefers a worker without speed to one that works', () => {
      const working = workerWith('http://b', 1, 50);
      const workers = [workerWith('http://a', 0, 0), working, workerWith('http://c', -1, 0)];
      for (const draw of draws) expect(dispatch(workers, () => draw)).toBe(working);
    });

    it('changes no worker and depends on nothing but its arguments', () => {
      const workers = [workerWith('http://a', 1, 1), workerWith('http://b', 2, 1)];
      const before = structuredClone(workers);
      const first = dispatch(workers, () => 0.5);
      expect(dispatch(workers, () => 0.5)).toBe(first);
      expect(workers).toEqual(before);
    });
  });
}
