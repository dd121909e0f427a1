/** Our three services: do they run, do they see one another; and their ports, when they do not. */
import { isRecord, isStringArray, type JsonRecord } from '@orcestator/protocol';
import { controllerUrlOf } from '@orcestator/service-kit';
import { isLoopbackUrl } from '../../upstream-client';
import { ok, problem, warning, type DoctorCheck, type Finding } from '../check';
import type { DoctorConfig } from '../config';
import type { DoctorWorld } from '../world';

interface ServiceSpec {
  readonly name: string;
  /** What to start it with, after `npx --yes pnpm@12`. */
  readonly script: string;
  readonly url: string;
  /** Where it would listen; absent when it is on another machine. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** The variable of its port. */
  readonly variable: string;
  /** Whether a `/health` answer is this service's. */
  readonly isOurs: (body: JsonRecord) => boolean;
}

export const servicesCheck: DoctorCheck = {
  id: 'services',
  group: 'Сервисы',
  title: 'сервисы и порты',
  run: async (world) => {
    const specs = serviceSpecs(world.config);
    const states = await Promise.all(specs.map((spec) => look(spec, world)));
    const running = states.filter(({ health }) => health !== undefined).length;
    if (running > 0) return [...states.flatMap((state) => runningFindings(state)), ...registered(states)];
    const findings = states.flatMap(({ finding }) => (finding ? [finding] : []));
    return [
      ...findings,
      warning(
        'шлюз не запущен',
        'запустите его: npx --yes pnpm@12 start (без ключа — npx --yes pnpm@12 demo)',
      ),
    ];
  },
};

interface State {
  readonly spec: ServiceSpec;
  /** Its `/health`, when it runs. */
  readonly health?: JsonRecord;
  /** What is the matter with its port, when it does not. */
  readonly finding?: Finding;
}

function serviceSpecs(config: Readonly<DoctorConfig>): ServiceSpec[] {
  const { host, port, workerPort, controllerPort } = config;
  const controllerUrl = controllerUrlOf(config);
  const reachable = ['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host;
  const local = isLoopbackUrl(controllerUrl) && config.controllerUrl === '';
  return [
    {
      name: 'API-сервер',
      script: 'api',
      url: `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`,
      listen: { host, port },
      variable: 'OR_PORT',
      isOurs: ({ status, models }) => typeof status === 'string' && isStringArray(models),
    },
    {
      name: 'контроллер',
      script: 'controller',
      url: controllerUrl,
      ...(local ? { listen: { host: '127.0.0.1', port: controllerPort } } : {}),
      variable: 'OR_CONTROLLER_PORT',
      isOurs: ({ workers }) => typeof workers === 'number',
    },
    {
      name: 'воркер',
      script: 'worker',
      url: `http://127.0.0.1:${workerPort}`,
      listen: { host: '127.0.0.1', port: workerPort },
      variable: 'OR_WORKER_PORT',
      isOurs: (body) => 'queue_length' in body,
    },
  ];
}

async function look(spec: ServiceSpec, { askService, probePort, ownerOfPort }: DoctorWorld): Promise<State> {
  const answer = await askService(`${spec.url}/health`);
  if (answer && isRecord(answer.body) && spec.isOurs(answer.body)) return { spec, health: answer.body };
  if (!spec.listen) {
    const remedy = 'проверьте OR_CONTROLLER_URL и что он запущен на той машине';
    return { spec, finding: problem(`${spec.name} ${spec.url} не отвечает`, remedy) };
  }
  const { host, port } = spec.listen;
  const state = await probePort(host, port);
  if (state === 'free') return { spec, finding: ok(`порт ${port} свободен (${spec.name})`) };
  if (state === 'no_such_host')
    return {
      spec,
      finding: problem(`адреса ${host} у этой машины нет`, 'исправьте OR_HOST: 127.0.0.1 или 0.0.0.0'),
    };
  if (state === 'refused')
    return {
      spec,
      finding: problem(
        `порт ${port} система не даёт (${spec.name})`,
        `возьмите другой: ${spec.variable}=${port + 1000}`,
      ),
    };
  const owner = await ownerOfPort(port);
  const by = owner === undefined ? 'другой программой' : `программой ${owner}`;
  return {
    spec,
    finding: problem(
      `порт ${port} занят ${by} (${spec.name})`,
      `закройте её или возьмите другой порт: ${spec.variable}=${port + 1}`,
    ),
  };
}

function runningFindings({ spec, health, finding }: State): Finding[] {
  if (health) return [ok(`${spec.name} работает (${spec.url})`)];
  if (finding && finding.level !== 'ok') return [finding];
  return [problem(`${spec.name} не запущен`, `запустите: npx --yes pnpm@12 ${spec.script}`)];
}

/** Each knows the next one: worker → controller → API server. */
function registered(states: readonly State[]): Finding[] {
  const [api, controller, worker] = states.map(({ health }) => health);
  const listed = isStringArray(controller?.models) ? controller.models : [];
  const served = isStringArray(worker?.models) ? worker.models : [];
  const lost = served.filter((model) => !listed.includes(model));
  if (controller && worker && lost.length > 0)
    return [
      problem(
        `воркер не зарегистрирован у контроллера (${lost.join(', ')})`,
        'смотрите окно воркера; у всех сервисов должны совпадать OR_CONTROLLER_URL и OR_CLUSTER_SECRET',
      ),
    ];
  if (api?.status === 'no_controller')
    return [
      problem(
        'API-сервер не видит контроллер',
        'проверьте OR_CONTROLLER_URL, OR_CONTROLLER_PORT и OR_CLUSTER_SECRET',
      ),
    ];
  if (api?.status === 'no_worker')
    return [problem('у контроллера нет ни одной модели', 'запустите воркер: npx --yes pnpm@12 worker')];
  return isStringArray(api?.models) ? [ok(`модели: ${api.models.join(', ')}`)] : [];
}
