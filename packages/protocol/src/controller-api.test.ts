/** How the controller reads what its peers send. */
import {
  parseGetWorkerAddressRequest,
  parseHeartBeatRequest,
  parseRegisterWorkerRequest,
  parseWorkerNameRequest,
} from './controller-api';
import { OrcestatorError } from './errors';

const WORKER = 'http://127.0.0.1:8002';
const STATUS = { model_names: ['orcestator'], speed: 2, queue_length: 3 };

/** The refusal of a call, as the peer sees it. */
function refusalOf(call: () => unknown): { kind: string; param: string | null; message: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof OrcestatorError)
      return { kind: error.kind, param: error.param, message: error.message };
    throw error;
  }
  throw new Error('the call was not refused');
}

describe('a registration', () => {
  it('of a FastChat worker is read whole', () => {
    const body = { worker_name: WORKER, check_heart_beat: true, worker_status: STATUS, multimodal: true };
    expect(parseRegisterWorkerRequest(body)).toEqual(body);
  });

  it('without optional fields gets FastChat defaults', () => {
    expect(parseRegisterWorkerRequest({ worker_name: WORKER })).toEqual({
      worker_name: WORKER,
      check_heart_beat: true,
      multimodal: false,
    });
  });

  it('may switch the heart beat check off', () => {
    expect(
      parseRegisterWorkerRequest({ worker_name: WORKER, check_heart_beat: false }).check_heart_beat,
    ).toBe(false);
  });

  it('with a null status leaves the status to be asked', () => {
    expect(parseRegisterWorkerRequest({ worker_name: WORKER, worker_status: null })).not.toHaveProperty(
      'worker_status',
    );
  });

  it('loses the slashes at the end of the address, not those inside', () => {
    expect(parseRegisterWorkerRequest({ worker_name: 'https://host/a/b//' }).worker_name).toBe(
      'https://host/a/b',
    );
  });

  it('with a hostile row of slashes is read at once', () => {
    const start = performance.now();
    parseRegisterWorkerRequest({ worker_name: `http://host${'/'.repeat(300_000)}x` });
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it.each(['127.0.0.1:8002', 'ftp://host', 'http://', 'http:///path', 'http://a b', 'worker'])(
    'with %j instead of an address is refused, naming worker_name',
    (worker_name) => {
      expect(refusalOf(() => parseRegisterWorkerRequest({ worker_name }))).toMatchObject({
        kind: 'invalid_request',
        param: 'worker_name',
      });
    },
  );

  it.each([undefined, null, '', 5, ['http://a']])('with the worker_name %j is refused', (worker_name) => {
    expect(refusalOf(() => parseRegisterWorkerRequest({ worker_name }))).toMatchObject({
      kind: 'invalid_request',
      param: 'worker_name',
    });
  });

  it('with a broken status is refused, naming worker_status', () => {
    const body = { worker_name: WORKER, worker_status: { model_names: 'orcestator' } };
    expect(refusalOf(() => parseRegisterWorkerRequest(body))).toMatchObject({
      kind: 'invalid_request',
      param: 'worker_status',
    });
  });
});

describe('a heart beat', () => {
  it('is read', () => {
    const body = { worker_name: WORKER, queue_length: 0 };
    expect(parseHeartBeatRequest(body)).toEqual(body);
  });

  it.each([undefined, null, '3', Number.NaN, Number.POSITIVE_INFINITY])(
    'with the queue length %p is refused',
    (queue_length) => {
      expect(refusalOf(() => parseHeartBeatRequest({ worker_name: WORKER, queue_length }))).toMatchObject({
        kind: 'invalid_request',
        param: 'queue_length',
      });
    },
  );

  it('without a worker is refused', () => {
    expect(refusalOf(() => parseHeartBeatRequest({ queue_length: 1 })).param).toBe('worker_name');
  });
});

describe('a question for an address', () => {
  it('without exclude asks for the model only', () => {
    expect(parseGetWorkerAddressRequest({ model: 'a/b' })).toEqual({ model: 'a/b' });
  });

  it('keeps the addresses to leave out', () => {
    const body = { model: 'a/b', exclude: [WORKER] };
    expect(parseGetWorkerAddressRequest(body)).toEqual(body);
  });

  it.each(['http://a', [1], {}])('with exclude %j is refused', (exclude) => {
    expect(refusalOf(() => parseGetWorkerAddressRequest({ model: 'a/b', exclude })).param).toBe('exclude');
  });

  it.each([undefined, '', 7])('with the model %j is refused', (model) => {
    expect(refusalOf(() => parseGetWorkerAddressRequest({ model })).param).toBe('model');
  });
});

it('a removal names one worker', () => {
  expect(parseWorkerNameRequest({ worker_name: WORKER, more: 1 })).toEqual({ worker_name: WORKER });
  expect(refusalOf(() => parseWorkerNameRequest({})).param).toBe('worker_name');
});

it.each([
  parseRegisterWorkerRequest,
  parseHeartBeatRequest,
  parseGetWorkerAddressRequest,
  parseWorkerNameRequest,
])('%p refuses a body that is no JSON object', (parse) => {
  for (const body of [undefined, null, 'text', 5, []]) {
    expect(refusalOf(() => parse(body))).toEqual({
      kind: 'invalid_request',
      param: null,
      message: 'The body must be a JSON object.',
    });
  }
});
