/** A real Prometheus with the shipped configuration, pointed at other ports and asked every second. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@orcestator/service-kit/testing';
import { readText, ROOT } from '../docs/repository';
import { MONITORING } from './shipped-files';

export interface ScrapePorts {
  readonly api: number;
  readonly worker: number;
  readonly controller: number;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix seconds and the number as text. */
  readonly value: readonly [number, string];
}

export interface RuleState {
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly lastError?: string;
}

/** The shipped file with every difference made by hand, so that a change of it does not go unnoticed. */
function derivedConfig(ports: ScrapePorts): string {
  const changes: [from: string, to: string][] = [
    ["['127.0.0.1:8000']", `['127.0.0.1:${ports.api}']`],
    ["['127.0.0.1:8002']", `['127.0.0.1:${ports.worker}']`],
    ["['127.0.0.1:21001']", `['127.0.0.1:${ports.controller}']`],
    ['scrape_interval: 15s', 'scrape_interval: 1s'],
    ['evaluation_interval: 15s', 'evaluation_interval: 1s'],
    ['- rules/*.yml', `- ${join(ROOT, MONITORING, 'rules', '*.yml')}`],
  ];
  return changes.reduce(
    (text, [from, to]) => {
      const at = text.lastIndexOf(from);
      if (at < 0) throw new Error(`prometheus.local.yml has no ${from}`);
      return text.slice(0, at) + to + text.slice(at + from.length);
    },
    readText(`${MONITORING}/prometheus.local.yml`),
  );
}

export class PrometheusProcess {
  readonly #child: ChildProcess;
  readonly #url: string;
  #output = '';

  private constructor(folder: string, port: number, ports: ScrapePorts) {
    const config = join(folder, 'prometheus.yml');
    writeFileSync(config, derivedConfig(ports));
    this.#url = `http://127.0.0.1:${port}`;
    this.#child = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
  }

  static async start(folder: string, port: number, ports: ScrapePorts): Promise<PrometheusProcess> {
    const started = new PrometheusProcess(folder, port, ports);
    const isReady = () =>
      fetch(`${started.#url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually(isReady, 20_000).catch(() => {
      throw new Error(`Prometheus did not start:\n${started.#output}`);
    });
    return started;
  }

  /** Throws Prometheus' own words where the query is wrong. */
  async query(query: string): Promise<readonly Sample[]> {
    const { result } = await this.#get<{ result: readonly Sample[] }>(
      `/api/v1/query?query=${encodeURIComponent(query)}`,
    );
    return result;
  }

  async rules(): Promise<readonly RuleState[]> {
    const { groups } = await this.#get<{ groups: readonly { rules: readonly RuleState[] }[] }>(
      '/api/v1/rules',
    );
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => void this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null) await closed;
  }

  async #get<T>(path: string): Promise<T> {
    const body = (await (await fetch(this.#url + path)).json()) as { data?: T; error?: string };
    if (body.data === undefined) throw new Error(`${path}: ${body.error}`);
    return body.data;
  }
}
