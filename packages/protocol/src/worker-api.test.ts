/** How a worker's status is read. */
import { OrcestatorError } from './errors';
import { parseWorkerStatus, protocolsOf } from './worker-api';

it('a FastChat status is read as it is', () => {
  const status = { model_names: ['vicuna'], speed: 2, queue_length: 3 };
  expect(parseWorkerStatus(status)).toEqual(status);
});

it('our extensions are read', () => {
  const status = {
    model_names: [],
    speed: 1,
    queue_length: 0,
    protocols: ['openai', 'fastchat'],
    model_patterns: ['*/*'],
  };
  expect(parseWorkerStatus(status)).toEqual(status);
});

it('a missing or broken speed is 1 and a missing or broken queue is 0', () => {
  const usual = { model_names: [], speed: 1, queue_length: 0 };
  expect(parseWorkerStatus({ model_names: [] })).toEqual(usual);
  expect(parseWorkerStatus({ model_names: [], speed: '2', queue_length: null })).toEqual(usual);
  expect(parseWorkerStatus({ model_names: [], speed: Number.NaN, queue_length: Infinity })).toEqual(usual);
});

it('protocols of a later version are left out', () => {
  expect(parseWorkerStatus({ model_names: [], protocols: ['grpc', 'openai'] }).protocols).toEqual(['openai']);
});

it('extensions of a wrong type are left out', () => {
  const status = parseWorkerStatus({ model_names: [], protocols: 'openai', model_patterns: [1] });
  expect(Object.keys(status)).toEqual(['model_names', 'speed', 'queue_length']);
});

it('unknown fields do not pass', () => {
  expect(parseWorkerStatus({ model_names: [], secret: 'x' })).not.toHaveProperty('secret');
});

it.each([undefined, null, [], 'status', {}, { model_names: 'a' }, { model_names: [1] }])(
  'the status %j is refused, naming worker_status',
  (value) => {
    expect(() => parseWorkerStatus(value)).toThrow(OrcestatorError);
    expect(() => parseWorkerStatus(value)).toThrow(
      expect.objectContaining({ kind: 'invalid_request', param: 'worker_status' }),
    );
  },
);

it('a worker that names no protocol speaks FastChat only', () => {
  expect(protocolsOf({})).toEqual(['fastchat']);
  expect(protocolsOf({ protocols: ['openai'] })).toEqual(['openai']);
});
