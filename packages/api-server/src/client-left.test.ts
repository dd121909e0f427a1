/** A client that has left before its request was read. */
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { eventually } from '@orcestator/service-kit/testing';
import { chatBody, Stage } from './testing/fakes';

const stage = new Stage();
afterEach(() => stage.close());

it('pitfall 25: that leaves while its request is unpacked: no worker is asked, and it counts as cancelled', async () => {
  let asked = 0;
  const worker = await stage.worker(() => void (asked += 1));
  const controller = await stage.controller();
  controller.workers.set('orcestator', [worker.url]);
  const { port, url } = await stage.apiServer(controller.url);
  const packed = gzipSync(chatBody({ padding: 'x'.repeat(4_000_000) }));
  const head = ['POST /v1/chat/completions HTTP/1.1', 'host: x', 'content-encoding: gzip'];
  const socket = connect(port, '127.0.0.1').resume();
  socket.write(`${head.join('\r\n')}\r\ncontent-length: ${packed.length}\r\n\r\n`);
  socket.end(packed, () => socket.destroy());
  const cancelled = async (): Promise<boolean> => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return metrics.includes('orcestator_api_server_cancelled_requests_total 1');
  };
  await eventually(cancelled);
  expect(asked).toBe(0);
});
