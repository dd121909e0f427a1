/** An upstream that answers with the last user message, and with an error that quotes the key where it is asked to. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Asked {
  readonly messages: { readonly content: string }[];
}

export async function startEchoUpstream(): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      // The catalogue, which nobody needs here.
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      const { messages } = JSON.parse(Buffer.concat(pieces).toString()) as Asked;
      const text = messages.at(-1)?.content ?? '';
      if (text.startsWith('fail')) {
        const message = `bad key ${String(request.headers.authorization)} in ${text}`;
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message, code: 400 } }));
        return;
      }
      const chunk = (delta: object, finish: string | null): string => {
        const choice = { index: 0, delta, finish_reason: finish };
        return `data: ${JSON.stringify({ id: 'gen-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice] })}\n\n`;
      };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk({ role: 'assistant', content: text }, null));
      response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`, server };
}
