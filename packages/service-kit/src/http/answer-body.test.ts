/** The body of an answer: what its reader gets, and when the peer is stopped. */
import { AnswerBody, HIGH_WATER_MARK } from './answer-body';

function createBody() {
  const control = {
    paused: false,
    aborted: undefined as Error | undefined,
    pause: () => void (control.paused = true),
    resume: () => void (control.paused = false),
    abort: (reason: Error) => void (control.aborted = reason),
  };
  return { body: new AnswerBody(control), control };
}
const piece = (text: string) => Buffer.from(text);
const full = Buffer.alloc(HIGH_WATER_MARK, 'x');

it('gives everything that has come since the last read at once', async () => {
  const { body } = createBody();
  body.push(piece('a'));
  body.push(piece('b'));
  expect(String(await body.read())).toBe('ab');
  const next = body.read();
  body.push(piece('c'));
  expect(String(await next)).toBe('c');
  body.end();
  expect(await body.read()).toBeUndefined();
});

it('stops a peer whose bytes are not read, and lets it go on when they are', async () => {
  const { body, control } = createBody();
  body.push(piece('x'));
  expect(control.paused).toBe(false);
  body.push(full);
  expect(control.paused).toBe(true);
  expect((await body.read())?.length).toBe(HIGH_WATER_MARK + 1);
  expect(control.paused).toBe(false);
});

it('holds no view of the buffer of a socket while its reader rests', async () => {
  const { body } = createBody();
  const slab = Buffer.alloc(64 * 1024, 'y');
  body.push(slab.subarray(0, 100));
  body.push(slab.subarray(100, HIGH_WATER_MARK));
  const bytes = await body.read();
  expect(bytes?.buffer).not.toBe(slab.buffer);
  expect(bytes?.buffer.byteLength).toBe(HIGH_WATER_MARK);
});

it('gives what has come before a connection broke, then the error', async () => {
  const { body } = createBody();
  body.push(piece('begun'));
  body.fail(new Error('reset'), { isOurs: false });
  expect(String(await body.read())).toBe('begun');
  await expect(body.read()).rejects.toThrow('reset');
});

it('an abort of our own ends it at once and closes the connection', async () => {
  const { body, control } = createBody();
  body.push(piece('begun'));
  body.fail(new Error('enough'));
  await expect(body.read()).rejects.toThrow('enough');
  expect(control.aborted?.message).toBe('enough');
  await body.closed;
});

it('a loop left early closes the connection, unless it was asked not to', async () => {
  const kept = createBody();
  kept.body.push(piece('a'));
  for await (const _ of kept.body.iterator({ destroyOnReturn: false })) break;
  expect(kept.control.aborted).toBeUndefined();
  const left = createBody();
  left.body.push(piece('a'));
  for await (const _ of left.body) break;
  expect(left.control.aborted).toBeDefined();
});

it('discarded, it takes no more memory and lets the peer end', async () => {
  const { body, control } = createBody();
  body.push(full);
  body.discard();
  expect(control.paused).toBe(false);
  body.push(full);
  expect(control.paused).toBe(false);
  body.end();
  await body.closed;
  expect(await body.read()).toBeUndefined();
});
