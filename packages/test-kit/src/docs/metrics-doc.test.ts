/** docs/metrics.md lists every metric that the three services register, and nothing else. */
import { apiServerDefinition } from '@orcestator/api-server';
import { controllerDefinition } from '@orcestator/controller';
import { loadConfig, type ServiceConfig, type ServiceDefinition } from '@orcestator/service-kit';
import { createTestKit } from '@orcestator/service-kit/testing';
import { workerDefinition } from '@orcestator/worker';
import { readText, tableRows } from './repository';

/** Name, type and labels, as the document's row begins. */
async function metricsOf<C extends ServiceConfig>(definition: ServiceDefinition<C>): Promise<string[][]> {
  const loaded = loadConfig(definition.description, definition.table, { argv: [], env: {}, dotEnv: {} });
  if (!loaded.ok) throw new Error(loaded.output);
  const kit = createTestKit();
  const service = definition.create(loaded.config, kit);
  const metrics = await kit.registry.getMetricsAsJSON();
  await service.stopped?.();
  return metrics.map(({ name, type }) => [name, String(type), labelsOf(kit.registry.getSingleMetric(name))]);
}

/** prom-client keeps the labels on the metric, though its types do not say so. */
function labelsOf(metric: object | undefined): string {
  const labels =
    metric && 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
  return labels.length > 0 ? labels.join(', ') : '—';
}

const rows = tableRows(readText('docs/metrics.md'));
const byName = (a: string[], b: string[]): number => (a[0] ?? '').localeCompare(b[0] ?? '');

const prefixes = ['orcestator_controller_', 'orcestator_worker_', 'orcestator_api_server_'] as const;

it.each([
  [prefixes[0], () => metricsOf(controllerDefinition)],
  [prefixes[1], () => metricsOf(workerDefinition)],
  [prefixes[2], () => metricsOf(apiServerDefinition)],
] as const)('docs/metrics.md has each %s metric with its type and labels', async (prefix, read) => {
  const documented = rows.filter(([name]) => name?.startsWith(prefix)).map((cells) => cells.slice(0, 3));
  expect(documented.sort(byName)).toEqual((await read()).sort(byName));
});

it('docs/metrics.md has no metric of anybody else, and says of each what it means', () => {
  const strange = rows.filter(([name]) => !prefixes.some((prefix) => name?.startsWith(prefix)));
  expect(strange).toEqual([]);
  expect(rows.filter((cells) => (cells[3] ?? '').length < 10)).toEqual([]);
});
