/** Clients that ask for a long stream and stop reading it. */
import { Agent, request, type IncomingMessage } from 'node:http';
import { eventually } from '@orcestator/service-kit/testing';

export interface SilentClients {
  readonly answers: readonly IncomingMessage[];
  /** Leaves: the connections are closed. */
  readonly leave: () => void;
}

/** Resolves when every answer has begun; not a byte of their bodies is read. */
export async function openSilentClients(
  apiUrl: string,
  count: number,
  model: string,
): Promise<SilentClients> {
  const agent = new Agent({ maxSockets: Infinity });
  const ask = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${apiUrl}/v1/chat/completions`, { method: 'POST', agent }, resolve);
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'x' }] }));
    });
  const answers = await Promise.all(Array.from({ length: count }, ask));
  for (const answer of answers) answer.on('error', () => undefined);
  return { answers, leave: () => agent.destroy() };
}

/** Resolves when the number has not changed for `quiet` milliseconds, at the latest after `limit`; gives it. */
export async function standsStill(
  read: () => number | Promise<number>,
  { limit = 20_000, quiet = 500 } = {},
): Promise<number> {
  let known = -1;
  let since = Date.now();
  await eventually(async () => {
    const now = await read();
    if (now !== known) since = Date.now();
    known = now;
    return Date.now() - since > quiet;
  }, limit);
  return known;
}
