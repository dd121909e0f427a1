/** Failures as servers besides OpenRouter write them, and what only looks like one. */
import {
  bare,
  chunk,
  contentOf,
  DONE,
  event,
  failureOf,
  finish,
  finishesOf,
  normalise,
  USAGE,
} from './testing';

const hello = chunk({ content: 'Hello' });

describe('an `error` field that says that there is none', () => {
  it.each([null, false, '', [], {}])('%j beside a sound answer changes nothing', (error) => {
    const result = normalise(
      chunk({ content: 'Hello' }, {}, { error }) +
        chunk({}, { finish_reason: 'stop', error }, { error }) +
        bare({ usage: USAGE, error }) +
        DONE,
    );
    expect([contentOf(result), finishesOf(result), failureOf(result)]).toEqual(['Hello', ['stop'], '']);
  });

  it.each([null, false, {}])('%j does not hide the word for a failure', (error) => {
    const broken = (choice: object) => normalise(hello + chunk({}, { ...choice }, { error }) + DONE);
    expect(failureOf(broken({ finish_reason: 'error' }))).toContain('broke off (error)');
    expect(failureOf(broken({ finish_reason: 'stop', native_finish_reason: 'network_error' }))).toContain(
      'network_error',
    );
  });
});

describe('an error', () => {
  const shapes: [string, string, string][] = [
    ['a list', event({ error: [{ message: 'boom', code: 429 }] }), 'rate_limit: boom'],
    ['a list of events', event([{ error: { message: 'quota', code: 429 } }]), 'rate_limit: quota'],
    ['wrapped twice', event({ error: { error: { message: 'inner', code: 429 } } }), 'rate_limit: inner'],
    ['without a message', event({ error: { code: 503 }, message: 'loading' }), 'overloaded: loading'],
    ['a text in a choice', chunk({}, { error: 'GPU on fire', finish_reason: 'stop' }), 'GPU on fire'],
    ['bare, with a status', event({ message: 'CUDA OOM', code: 500 }), 'CUDA OOM'],
    ['bare, by its type', event({ type: 'error', message: 'gone' }), 'gone'],
    ['told by the name of the event', 'event: error\ndata: {"detail":"x","message":"bad"}\n\n', 'bad'],
    ['told in plain words', 'event: error\ndata: upstream exploded: CUDA\n\n', 'upstream exploded: CUDA'],
  ];

  it.each(shapes)('%s is told', (_name, tail, expected) => {
    expect(failureOf(normalise(hello + tail + finish('stop') + DONE))).toContain(expected);
  });

  it.each(shapes)('%s is told after the finish too', (_name, tail, expected) => {
    expect(failureOf(normalise(hello + finish('stop') + tail + DONE))).toContain(expected);
  });

  it('in words that are no JSON is told when the answer ends before its time', () => {
    expect(failureOf(normalise(`${hello}data: out of memory\n\n`))).toContain('It said: out of memory');
  });
});

describe('payloads that are no chunks', () => {
  it.each(['ping', '"keep-alive"', '7', 'true', '[]', ': comment', 'null', ''])(
    'pitfall 38: %j is passed over',
    (payload) => {
      const result = normalise(`data: ${payload}\n\n${hello}data: ${payload}\n\n${finish('stop')}${DONE}`);
      expect([contentOf(result), finishesOf(result)]).toEqual(['Hello', ['stop']]);
    },
  );

  it('a quoted [DONE] is the end', () => {
    const result = normalise(`${hello}${finish('stop')}data: "[DONE]"\n\n`);
    expect(result.normaliser.outcome).toEqual({ ok: true });
  });

  it('half an object after the finish costs the usage only', () => {
    const result = normalise(`${hello}${finish('stop')}data: {"usage":{"prompt\n\n${DONE}`);
    expect([finishesOf(result), failureOf(result)]).toEqual([['stop'], '']);
  });
});

describe('the word for the end', () => {
  it.each(['abort', 'insufficient_system_resource', 'Error', 'cancelled', 'network_error'])(
    '%s is a failure',
    (word) => {
      expect(failureOf(normalise(hello + finish(word, null) + DONE))).toContain(`broke off (${word})`);
    },
  );

  it.each([
    ['model_length', 'length'],
    ['MAX_TOKENS', 'length'],
    ['context_length_exceeded', 'length'],
    ['RECITATION', 'content_filter'],
    ['refusal', 'content_filter'],
    ['constructor', 'stop'],
  ])('%s is %s', (word, expected) => {
    expect(finishesOf(normalise(hello + finish(word) + DONE))).toEqual([expected]);
  });
});
