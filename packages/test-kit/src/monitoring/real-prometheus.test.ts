/** A real Prometheus scrapes the demo; every query of the dashboard has data, every alert rule can be evaluated. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { eventually } from '@orcestator/service-kit/testing';
import { freePorts, TestProcess } from '../stack/process-stack';
import { PrometheusProcess, type Sample } from './prometheus-process';
import { dashboardQueries, isInstalled } from './shipped-files';

jest.setTimeout(90_000);

const withPrometheus = isInstalled('prometheus') && isInstalled('promtool') ? describe : describe.skip;

withPrometheus('the demo, watched by a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitoring-'));
  let ports: { api: number; worker: number; controller: number };
  let demo: TestProcess;
  let prometheus: PrometheusProcess;

  beforeAll(async () => {
    const [api = 0, worker = 0, controller = 0, simulator = 0, own = 0] = await freePorts(5);
    ports = { api, worker, controller };
    const env = {
      OR_PORT: String(api),
      OR_WORKER_PORT: String(worker),
      OR_CONTROLLER_PORT: String(controller),
      OR_SIMULATOR_PORT: String(simulator),
      OR_SIMULATOR_TOKEN_DELAY: '5',
      OR_SLOW_REQUEST: '0.001',
    };
    demo = new TestProcess('cli/dist/main.js', ['demo'], env, folder);
    await demo.hasPrinted('Остановить: Ctrl+C');
    prometheus = await PrometheusProcess.start(folder, own, ports);
    await eventually(async () => (await prometheus.query('up == 1')).length === 3, 10_000);
    // A counter that begins with its first event shows a rate from the second one on.
    await everyKindOfRequest();
    await eventually(hasScrapedRequests, 10_000);
    await everyKindOfRequest();
  });
  afterAll(async () => {
    await prometheus?.stop();
    await demo?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  async function hasScrapedRequests(): Promise<boolean> {
    const seen = ['orcestator_worker_requests_total{model="other"}', 'orcestator_api_server_errors_total'];
    const answers = await Promise.all(seen.map((query) => prometheus.query(`${query} > 0`)));
    return answers.every((samples) => samples.length > 0);
  }

  async function chat(fields: object, init: RequestInit = {}): Promise<string> {
    const body = JSON.stringify({
      model: 'orcestator',
      messages: [{ role: 'user', content: 'hi' }],
      ...fields,
    });
    const answer = await fetch(`http://127.0.0.1:${ports.api}/v1/chat/completions`, {
      method: 'POST',
      body,
      ...init,
    });
    return answer.text();
  }

  /** The client leaves once tokens have come. */
  async function leave(): Promise<void> {
    const abort = new AbortController();
    const body = JSON.stringify({
      model: 'sim/stall-after:5',
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
    });
    const url = `http://127.0.0.1:${ports.api}/v1/chat/completions`;
    const answer = await fetch(url, { method: 'POST', body, signal: abort.signal });
    await answer.body?.getReader().read();
    abort.abort();
  }

  async function everyKindOfRequest(): Promise<void> {
    await Promise.all([
      chat({ stream: true }, { headers: { 'x-request-id': 'to-be-found' } }),
      chat({}),
      chat({ model: 'sim/tools', stream: true }),
      chat({ model: 'sim/reasoning-anthropic', stream: true }),
      chat({ model: 'sim/err-502', stream: true }),
      chat({ model: 'sim/mid-m7', stream: true }),
      chat({ model: '' }),
      leave(),
    ]);
  }

  const hasNumber = (samples: readonly Sample[]): boolean =>
    samples.some(({ value }) => Number.isFinite(Number(value[1])));

  it('has data for every query of the dashboard', async () => {
    let empty = dashboardQueries('1m');
    expect(empty.length).toBeGreaterThan(40);
    await eventually(async () => {
      const answers = await Promise.all(empty.map(({ query }) => prometheus.query(query)));
      empty = empty.filter((_, at) => !hasNumber(answers[at] ?? []));
      return empty.length === 0;
    }, 20_000).catch(() => undefined);
    expect(empty).toEqual([]);
  });

  it('measured what was asked: outcomes, tokens, gaps between tokens', async () => {
    const counts = async (): Promise<Record<string, number>> => {
      const outcomes = await prometheus.query('sum by (outcome) (orcestator_worker_requests_total)');
      return Object.fromEntries(
        outcomes.map(({ metric, value }): [string, number] => [String(metric.outcome), Number(value[1])]),
      );
    };
    const expected = { ok: 8, error: 4, cancelled: 2 };
    // The last scrape may be a second old.
    await eventually(async () => isDeepStrictEqual(await counts(), expected)).catch(() => undefined);
    expect(await counts()).toEqual(expected);
    const gaps = await prometheus.query('sum(orcestator_worker_time_between_tokens_seconds_count)');
    expect(Number(gaps[0]?.value[1])).toBeGreaterThan(20);
  });

  it('evaluates every alert rule; of a sound gateway the critical ones are silent', async () => {
    await eventually(
      async () => (await prometheus.rules()).every(({ health }) => health !== 'unknown'),
      10_000,
    );
    const rules = await prometheus.rules();
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter(({ health, lastError }) => health !== 'ok' || lastError)).toEqual([]);
    const alerting = rules.filter(({ state }) => state !== 'inactive').map(({ name }) => name);
    expect(alerting.filter((name) => /Down|NoWorker|NotRegistered|Account|Lost|Cost/.test(name))).toEqual([]);
  });

  it('promtool has nothing to say about the pages of real processes', async () => {
    for (const port of Object.values(ports)) {
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(page).toContain('process_resident_memory_bytes');
      const check = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
      expect(check.stdout + check.stderr).toBe('');
    }
  });

  it('a slow request is found in the logs of both services by its id', () => {
    const lines = demo.output.split('\n').filter((line) => line.includes('to-be-found'));
    expect(lines.join('\n')).toMatch(
      /^worker .*slow request id=to-be-found model=\S+ outcome=ok ms=\d+ firstTokenMs=/m,
    );
    expect(lines.join('\n')).toMatch(
      /^api .*POST \/v1\/chat\/completions .*id=to-be-found hops="gateway=\d+ dispatch=\d+ worker=\d+ queue=\d+ upstream=\d+"/m,
    );
  });
});
