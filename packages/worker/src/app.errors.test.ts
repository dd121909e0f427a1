/** What a client of the worker is told when the upstream, or the client itself, fails. */
import { WorkerStage } from './testing/worker-stage';
import { chunk, COMMENT } from '@orcestator/stream-normaliser/testing';

let stage: WorkerStage;
beforeEach(() => {
  stage = new WorkerStage();
});
afterEach(() => stage.close());

const dataOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6));

describe('errors', () => {
  const failing = async (status: number, type: string, body: string, headers = {}) => {
    stage.script = (response) =>
      void response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    await stage.start();
    return stage.chat({ stream: true });
  };

  it('before the first byte are HTTP errors in both dialects, with the time to wait', async () => {
    const body = JSON.stringify({
      error: { code: 429, message: 'Rate limit exceeded: free-models-per-min.' },
    });
    const answer = await failing(429, 'application/json', body, { 'retry-after': '7' });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toMatchObject({
      code: 42901,
      object: 'error',
      error: { type: 'rate_limit_error', message: 'Rate limit exceeded: free-models-per-min.' },
    });
    expect((await stage.recorded())[0]?.[2]).toBe('[error: Rate limit exceeded: free-models-per-min.]');
  });

  it.each([
    ['a page with 502', 502, '<html>Bad gateway</html>'],
    ['a page with 200: a wrong base address', 200, '<!DOCTYPE html><html></html>'],
  ])('pitfall 14: %s becomes JSON', async (_name, status, page) => {
    const answer = await failing(status, 'text/html; charset=utf-8', page);
    expect(answer.status).toBe(502);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'upstream_error' } });
    expect(text).not.toContain('<html>');
  });

  it('pitfall 15: a 200 with an error inside is no success', async () => {
    const answer = await failing(
      200,
      'application/json',
      JSON.stringify({ error: { code: 402, message: 'Insufficient credits' } }),
    );
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain('Insufficient credits');
  });

  it('pitfall 19: an answer that a proxy compressed says so', async () => {
    const answer = await failing(200, 'text/event-stream', '\u001f', { 'content-encoding': 'gzip' });
    expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([
      502,
      expect.stringContaining('compressed (gzip)'),
    ]);
  });

  it('the first event of the stream is still an HTTP error', async () => {
    const answer = await failing(
      200,
      'text/event-stream',
      `${COMMENT}data: ${JSON.stringify({ error: { code: 503, message: 'overloaded' }, choices: [] })}\n\n`,
    );
    expect(answer.status).toBe(503);
  });

  it('after content close the choice, tell the error, and end the stream', async () => {
    const answer = await failing(
      200,
      'text/event-stream',
      chunk({ content: 'Hel' }) + `data: ${JSON.stringify({ error: { code: 502, message: 'gone' } })}\n\n`,
    );
    const events = dataOf(await answer.text());
    expect(JSON.parse(events[1] ?? '')).toMatchObject({
      model: 'orcestator',
      choices: [{ delta: {}, finish_reason: 'error' }],
    });
    expect(JSON.parse(events[2] ?? '')).toEqual({
      error: { message: 'gone.', type: 'server_error', param: null, code: 'upstream_error' },
    });
    expect(events[3]).toBe('[DONE]');
    expect((await stage.recorded())[0]?.[2]).toBe('Hel\\n[error: gone.]');
  });

  it('an upstream that is not there', async () => {
    await stage.start({ OR_BASE_URL: 'http://127.0.0.1:9' });
    const answer = await stage.chat();
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain('cannot be reached');
  });

  it.each([
    ['no messages', { messages: [] }, 'messages'],
    ['no model', { model: '' }, 'model'],
    ['stream is a text', { stream: 'False' }, 'stream'],
  ])('%s: 400 naming the parameter, and no upstream is asked', async (_name, fields, param) => {
    await stage.start();
    const answer = await stage.chat(fields);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param } });
    expect(stage.upstream).toEqual([]);
  });
});
