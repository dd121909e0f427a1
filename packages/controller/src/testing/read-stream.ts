/** A client that reads an answer piece by piece. */
import { request } from 'node:http';
import { eventually } from '@orcestator/service-kit/testing';

export interface ReadStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** What has arrived. */
  text(): string;
  /** Waits until this has arrived, and nothing else. */
  arrives(text: string): Promise<void>;
  /** `end` = properly, `cut` = broken off. */
  ended(): Promise<'end' | 'cut'>;
  pause(): void;
  resume(): void;
  /** Leaves. */
  leave(): void;
}

export function postStream(
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<ReadStream> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers }, (answer) => {
      let received = '';
      const ended = new Promise<'end' | 'cut'>((settle) => {
        answer.once('end', () => settle('end'));
        answer.once('error', () => settle('cut'));
      });
      answer.on('data', (bytes: Buffer) => (received += bytes.toString()));
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        text: () => received,
        arrives: (text) => eventually(() => received === text),
        ended: () => ended,
        pause: () => void answer.pause(),
        resume: () => void answer.resume(),
        leave: () => void call.destroy(),
      });
    });
    call.once('error', reject);
    call.end(body);
  });
}
