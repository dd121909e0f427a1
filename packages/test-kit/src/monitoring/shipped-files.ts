/** The shipped files of `deploy/monitoring`, as Prometheus and Grafana read them. */
import { spawnSync } from 'node:child_process';
import { readText } from '../docs/repository';

export const MONITORING = 'deploy/monitoring';

interface Target {
  readonly expr: string;
  readonly refId: string;
  readonly datasource: { readonly uid: string };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}

export interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { readonly query: string } }[];
  };
}

export function readDashboard(): Dashboard {
  return JSON.parse(readText(`${MONITORING}/grafana/dashboards/orcestator.json`)) as Dashboard;
}

/** The queries of all panels as Grafana sends them with "All" chosen; `window` stands for its rate interval. */
export function dashboardQueries(window: string): { panel: string; query: string }[] {
  return readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      panel: title,
      query: expr
        .replaceAll('$__rate_interval', window)
        .replaceAll('$__range', window)
        .replaceAll(/\$(?:instance|model)\b/g, '.*'),
    })),
  );
}

/** False, with a line that says why, where Debian's package `prometheus` is not installed. */
export function isInstalled(command: 'prometheus' | 'promtool'): boolean {
  if (spawnSync(command, ['--version']).status === 0) return true;
  process.stderr.write(`${command} is not installed (Debian package prometheus): its checks are skipped\n`);
  return false;
}
