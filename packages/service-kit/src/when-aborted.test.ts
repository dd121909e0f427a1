/** Signals that abort before, while and after somebody listens. */
import { getEventListeners } from 'node:events';
import { whenAborted } from './when-aborted';

it('calls when the signal aborts, once', () => {
  const abort = new AbortController();
  const call = jest.fn();
  whenAborted(abort.signal, call);
  expect(call).not.toHaveBeenCalled();
  abort.abort();
  expect(call).toHaveBeenCalledTimes(1);
});

it('calls at once for a signal that has aborted', () => {
  const call = jest.fn();
  whenAborted(AbortSignal.abort(), call);
  expect(call).toHaveBeenCalledTimes(1);
});

it('leaves no listener behind', () => {
  const abort = new AbortController();
  const call = jest.fn();
  whenAborted(abort.signal, call)();
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  abort.abort();
  expect(call).not.toHaveBeenCalled();
});
