/** The controller's metrics, fed by its events. HTTP metrics come with the application. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Controller } from './controller';
import { dispatchOutcomes, probeOutcomes, registrationOutcomes, removalReasons } from './controller-events';

export const METRIC_PREFIX = 'orcestator_controller';

/** Counts what happens in the controller from now on. */
export function observeController(controller: Controller, registry: Registry): void {
  const dispatches = counter(
    registry,
    'dispatches_total',
    'Questions for a worker, by outcome.',
    'outcome',
    dispatchOutcomes,
  );
  const registrations = counter(
    registry,
    'registrations_total',
    'Registrations of workers, by outcome; failed = the worker could not be asked for its status.',
    'outcome',
    registrationOutcomes,
  );
  const removals = counter(
    registry,
    'workers_removed_total',
    'Workers taken off the registry, by reason.',
    'reason',
    removalReasons,
  );
  const probes = counter(
    registry,
    'probes_total',
    'Questions to workers without heart beats whether they still answer, by outcome.',
    'outcome',
    probeOutcomes,
  );
  controller.events.on('probed', (outcome) => probes.inc({ outcome }));
  controller.events.on('dispatched', (outcome) => dispatches.inc({ outcome }));
  controller.events.on('registered', (outcome) => registrations.inc({ outcome }));
  controller.events.on('removed', (_workerName, reason) => removals.inc({ reason }));
  gauge(registry, 'workers', 'Workers registered now.', () => controller.workerCount);
  gauge(
    registry,
    'unavailable_workers',
    'Workers without heart beats that do not answer now and get no requests.',
    () => controller.workers().filter((worker) => !worker.isAvailable).length,
  );
  gauge(
    registry,
    'queue_length',
    'Requests running and waiting at all workers, as last told.',
    () => controller.queueLength,
  );
}

/** Each label value is there from the start, so that a rate has no gap at the first event. */
function counter<L extends string>(
  registry: Registry,
  tail: string,
  help: string,
  label: L,
  values: readonly string[],
): Counter<L> {
  const made = new Counter<L>({
    name: `${METRIC_PREFIX}_${tail}`,
    help,
    labelNames: [label],
    registers: [registry],
  });
  for (const value of values) made.inc({ [label]: value } as Record<L, string>, 0);
  return made;
}

function gauge(registry: Registry, tail: string, help: string, read: () => number): void {
  new Gauge({
    name: `${METRIC_PREFIX}_${tail}`,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
