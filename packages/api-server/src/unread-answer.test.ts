/** A client that never reads holds its connection for no longer than its answer may last. */
import { connect } from 'node:net';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createManualClock, createTestKit, eventually } from '@orcestator/service-kit/testing';
import { chatBody, Stage } from './testing/fakes';

const stage = new Stage();
afterEach(() => stage.close());

const CHUNK = `data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content: 'x'.repeat(64_000) } }] })}\n\n`;

/** Writes for as long as somebody takes it; tells how often. */
function writeOn(response: ServerResponse): () => number {
  let written = 0;
  const more = (): void => {
    while (!response.destroyed) {
      written += 1;
      if (!response.write(CHUNK)) return void response.once('drain', more);
    }
  };
  more();
  return () => written;
}

async function standsStill(read: () => number): Promise<void> {
  let last = 0;
  let still = 0;
  await eventually(() => {
    const now = read();
    still = now > 0 && now === last ? still + 1 : 0;
    last = now;
    return still === 50;
  }, 20_000);
}

it('and then it is let go', async () => {
  const clock = createManualClock();
  stage.kit = createTestKit({ clock });
  let written = (): number => 0;
  const { url: worker } = await stage.worker((request, response) => {
    request.resume();
    written = writeOn(response.writeHead(200, { 'content-type': 'text/event-stream' }));
  });
  const controller = await stage.controller();
  controller.workers.set('orcestator', [worker]);
  const { url } = await stage.apiServer(controller.url, { totalTimeout: 60_000 });
  const client = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  client.pause();
  const body = chatBody();
  client.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  // The system's own buffers take some megabytes first.
  await standsStill(() => written());
  await clock.advance(60_000);
  await clock.advance(5_000);
  // What the system holds for it may still come, the end of the answer not.
  expect(await text(client.resume())).not.toContain('OR_TOTAL_TIMEOUT');
});
