/** `kill -9` of the worker under load: every request whose answer ended is in the log, also where two workers share it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@orcestator/service-kit/testing';
import { TrafficReader } from '@orcestator/worker';
import { freePorts, TestProcess } from '../stack/process-stack';
import { startEchoUpstream } from './echo-upstream';

jest.setTimeout(60_000);

it.each(['tsv', 'csv'])('%s', async (format) => {
  const folder = mkdtempSync(join(tmpdir(), 'kill '));
  const ports = await freePorts(2);
  const upstream = await startEchoUpstream();
  const env = { OR_API_KEY: 'k-test', OR_BASE_URL: upstream.url, OR_TRAFFIC_FORMAT: format };
  const workers = ports.map(
    (port) => new TestProcess('worker/dist/main.js', ['--port', String(port)], env, folder),
  );
  try {
    await Promise.all(workers.map((worker) => worker.hasPrinted('listening')));
    const ended: string[] = [];
    let isOver = false;
    const load = async (port: number | undefined, name: string): Promise<void> => {
      for (let n = 0; !isOver; n += 1) {
        const content = `${name}-${n} "x\ny"`;
        const body = JSON.stringify({
          model: 'orcestator',
          stream: true,
          messages: [{ role: 'user', content }],
        });
        const url = `http://127.0.0.1:${port}/v1/chat/completions`;
        const text = await fetch(url, { method: 'POST', body })
          .then((answer) => answer.text())
          .catch(() => '');
        if (!text.endsWith('data: [DONE]\n\n')) return;
        ended.push(content);
      }
    };
    const loads = ports.flatMap((port, w) => [...Array(10).keys()].map((c) => load(port, `w${w}c${c}`)));
    await eventually(() => ended.length > 300, 30_000);
    workers[0]?.child.kill('SIGKILL');
    const count = ended.length;
    await eventually(() => ended.length > count + 100, 30_000);
    isOver = true;
    await Promise.all(loads);
    const users = new TrafficReader()
      .push(readFileSync(join(folder, 'logs', 'traffic.log')))
      .map(({ user }) => user);
    const written = new Set(users);
    expect(ended.filter((content) => !written.has(content))).toEqual([]);
    expect(written.size).toBe(users.length);
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
    upstream.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
