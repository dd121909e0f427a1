/** What is shipped for Prometheus and Grafana is valid, and speaks of metrics that exist. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readText, ROOT, tableRows } from '../docs/repository';
import { dashboardQueries, isInstalled, MONITORING, readDashboard, type Panel } from './shipped-files';

const withPromtool = isInstalled('promtool') ? it : it.skip;

withPromtool.each([
  ['check', 'config', '--lint=all', '--lint-fatal', 'prometheus.yml'],
  ['check', 'config', '--lint=all', '--lint-fatal', 'prometheus.local.yml'],
  ['check', 'rules', '--lint=all', '--lint-fatal', 'rules/alerts.yml'],
  ['test', 'rules', 'tests/alerts.yml'],
])('promtool %s %s %s %s %s', (...args) => {
  const options = { cwd: join(ROOT, MONITORING), encoding: 'utf8' } as const;
  const check = spawnSync('promtool', args.filter(Boolean), options);
  expect(`${check.stdout}${check.stderr}`).toContain('SUCCESS');
  expect(check.status).toBe(0);
});

describe('metrics that are asked for', () => {
  const known = tableRows(readText('docs/metrics.md')).flatMap(([name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((tail) => name + tail) : [name],
  );
  // Made by the audit, which is a part of its own; the queries bear its absence.
  const notHere = 'orcestator_worker_audit_rows_lost_total';
  const rules = readText(`${MONITORING}/rules/alerts.yml`);
  const queries = [...dashboardQueries('1m').map(({ query }) => query), rules];

  it.each(queries)('exist: %s', (text) => {
    const names = [...text.matchAll(/\borcestator_(?:api_server|worker|controller)_\w+/g)].map(
      ([name]) => name,
    );
    expect(names.filter((name) => name !== notHere && !known.includes(name))).toEqual([]);
  });
});

describe('the dashboard', () => {
  const { panels, templating } = readDashboard();
  const overlaps = (a: Panel, b: Panel): boolean => {
    const [one, other] = [a.gridPos, b.gridPos];
    return (
      one.x < other.x + other.w &&
      other.x < one.x + one.w &&
      one.y < other.y + other.h &&
      other.y < one.y + one.h
    );
  };

  it('has panels with ids of their own, side by side', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const clashes = panels.flatMap((a, at) => panels.slice(at + 1).filter((b) => overlaps(a, b)));
    expect(clashes).toEqual([]);
    expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
  });

  it('says of each panel what it answers', () => {
    const silent = panels.filter(({ type, description = '' }) => type !== 'row' && description.length < 5);
    expect(silent.map(({ title }) => title)).toEqual([]);
  });

  it('uses the chosen data source and no variable that it does not have', () => {
    const own = templating.list.map(({ name }) => name);
    expect(own).toEqual(['datasource', 'instance', 'model']);
    const targets = panels.flatMap(({ targets = [] }) => targets);
    expect(targets.filter(({ datasource }) => datasource.uid !== '$datasource')).toEqual([]);
    const used = targets.flatMap(({ expr }) => [...expr.matchAll(/\$(\w+)/g)].map((match) => match[1]));
    expect(used.filter((name) => ![...own, '__rate_interval', '__range'].includes(name ?? ''))).toEqual([]);
  });

  it('has every panel and every alert in docs/monitoring.md', () => {
    const document = readText('docs/monitoring.md');
    const titles = panels.filter(({ type }) => type !== 'row').map(({ title }) => title);
    const alerts = [...readText(`${MONITORING}/rules/alerts.yml`).matchAll(/alert: (\w+)/g)].map(
      (match) => match[1] ?? '',
    );
    expect([...titles, ...alerts].filter((name) => !document.includes(name))).toEqual([]);
  });
});
