import { answer, findingsOf, type WorldChanges } from '../testing';
import { servicesCheck } from './services';

/** What each port's `/health` answers; a port that is not named does not answer. */
function running(health: Readonly<Record<number, unknown>>): WorldChanges['askService'] {
  return (url) => {
    const body = health[Number(new URL(url).port)];
    return Promise.resolve(body === undefined ? undefined : answer(body));
  };
}

const api = { status: 'ok', models: ['orcestator'] };
const controller = { status: 'ok', workers: 1, models: ['orcestator'] };
const worker = { status: 'ok', models: ['orcestator'], queue_length: 0 };
const of = (changes: WorldChanges): Promise<string[]> => findingsOf(servicesCheck, changes);

it('names what runs and which models there are', async () => {
  expect(await of({ askService: running({ 8000: api, 21001: controller, 8002: worker }) })).toEqual([
    'ok: API-сервер работает (http://127.0.0.1:8000)',
    'ok: контроллер работает (http://127.0.0.1:21001)',
    'ok: воркер работает (http://127.0.0.1:8002)',
    'ok: модели: orcestator',
  ]);
});

it('only warns before the first start', async () => {
  expect((await of({})).map((line) => line.split(':')[0])).toEqual(['ok', 'ok', 'ok', 'warning']);
});

it('misses the one that does not run', async () => {
  const text = await of({
    askService: running({ 8000: { status: 'no_worker', models: [] }, 21001: controller }),
  });
  expect(text).toContain('problem: воркер не запущен -> запустите: npx --yes pnpm@12 worker');
});

it.each([
  [
    { 8000: api, 21001: { ...controller, models: [] }, 8002: worker },
    'воркер не зарегистрирован у контроллера',
  ],
  [
    { 8000: { status: 'no_controller', models: [] }, 21001: controller, 8002: worker },
    'API-сервер не видит контроллер',
  ],
  [
    {
      8000: { status: 'no_worker', models: [] },
      21001: { ...controller, models: [] },
      8002: { ...worker, models: [] },
    },
    'у контроллера нет ни одной модели',
  ],
])('sees that one does not know the other: %j', async (health, text) => {
  expect((await of({ askService: running(health) })).join('\n')).toContain(`problem: ${text}`);
});

describe('a port', () => {
  it('that another program holds is named with that program', async () => {
    const [finding] = await of({
      askService: running({ 8000: { hello: 'I am someone else' } }),
      probePort: (_host, port) => Promise.resolve(port === 8000 ? 'taken' : 'free'),
      ownerOfPort: () => Promise.resolve('python3 (pid 7)'),
    });
    expect(finding).toBe(
      'problem: порт 8000 занят программой python3 (pid 7) (API-сервер) -> закройте её или возьмите другой порт: OR_PORT=8001',
    );
  });

  it('that the system refuses, or whose host is not here', async () => {
    expect((await of({ probePort: () => Promise.resolve('refused') }))[0]).toContain('OR_PORT=9000');
    expect((await of({ probePort: () => Promise.resolve('no_such_host') }))[0]).toContain(
      'исправьте OR_HOST',
    );
  });

  it('of a controller on another machine is not probed', async () => {
    const probePort = jest.fn(() => Promise.resolve('free' as const));
    const text = await of({ config: { controllerUrl: 'http://far:21001' }, probePort });
    expect(text).toContain(
      'problem: контроллер http://far:21001 не отвечает -> проверьте OR_CONTROLLER_URL и что он запущен на той машине',
    );
    expect(probePort).toHaveBeenCalledTimes(2);
  });
});
