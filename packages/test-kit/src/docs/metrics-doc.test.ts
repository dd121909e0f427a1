/** docs/metrics.md lists every metric that the three services register, and nothing else. */
import { apiServerDefinition } from '@orcestator/api-server';
import { controllerDefinition } from '@orcestator/controller';
import { loadConfig, type ServiceConfig, type ServiceDefinition } from '@orcestator/service-kit';
import { errorTable } from '@orcestator/protocol';
import { createTestKit } from '@orcestator/service-kit/testing';
import { workerDefinition } from '@orcestator/worker';
import { readText, tableRows } from './repository';

interface ServiceMetrics {
  /** Name, type and labels, as the document's row begins. */
  readonly rows: string[][];
  /** `label=value` of each series that is there from the start. */
  readonly values: Set<string>;
}

async function metricsOf<C extends ServiceConfig>(definition: ServiceDefinition<C>): Promise<ServiceMetrics> {
  const loaded = loadConfig(definition.description, definition.table, { argv: [], env: {}, dotEnv: {} });
  if (!loaded.ok) throw new Error(loaded.output);
  const kit = createTestKit();
  const service = definition.create(loaded.config, kit);
  const metrics = await kit.registry.getMetricsAsJSON();
  await service.stopped?.();
  const series = metrics.flatMap(({ values }) => values as { labels: Record<string, unknown> }[]);
  return {
    rows: metrics.map(({ name, type }) => [name, String(type), labelsOf(kit.registry.getSingleMetric(name))]),
    values: new Set(series.flatMap(({ labels }) => Object.entries(labels).map((pair) => pair.join('=')))),
  };
}

/** prom-client keeps the labels on the metric, though its types do not say so. */
function labelsOf(metric: object | undefined): string {
  const labels =
    metric && 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
  return labels.length > 0 ? labels.join(', ') : '—';
}

const document = readText('docs/metrics.md');
const rows = tableRows(document).filter(([name]) => name?.startsWith('orcestator_'));
const byName = (a: string[], b: string[]): number => (a[0] ?? '').localeCompare(b[0] ?? '');

const prefixes = ['orcestator_controller_', 'orcestator_worker_', 'orcestator_api_server_'] as const;

describe.each([
  [prefixes[0], () => metricsOf(controllerDefinition)],
  [prefixes[1], () => metricsOf(workerDefinition)],
  [prefixes[2], () => metricsOf(apiServerDefinition)],
] as const)('docs/metrics.md and %s', (prefix, read) => {
  it('have the same metrics, with their types and labels', async () => {
    const documented = rows.filter(([name]) => name?.startsWith(prefix)).map((cells) => cells.slice(0, 3));
    expect(documented.sort(byName)).toEqual((await read()).rows.sort(byName));
  });

  it('have the same label values; kinds of errors are in docs/errors.md, models and bounds are open', async () => {
    const isOpen = (label: string, value: string): boolean =>
      ['le', 'model'].includes(label) || (label === 'kind' && value in errorTable);
    const pairs = [...(await read()).values].map((pair): [string, string] => {
      const [label = '', value = ''] = pair.split('=');
      return [label, value];
    });
    const closed = pairs.filter(([label, value]) => !isOpen(label, value));
    expect(closed.filter(([, value]) => !document.includes(`\`${value}\``))).toEqual([]);
  });
});

it('docs/metrics.md has no metric of anybody else, and says of each what it means', () => {
  const strange = rows.filter(([name]) => !prefixes.some((prefix) => name?.startsWith(prefix)));
  expect(strange).toEqual([]);
  expect(rows.filter((cells) => (cells[3] ?? '').length < 10)).toEqual([]);
});
