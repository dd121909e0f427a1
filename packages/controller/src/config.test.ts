/** The settings table. */
import { loadConfig } from '@orcestator/service-kit';
import { controllerConfig } from './config';
import { controllerDefinition } from './definition';

const load = (argv: string[], env: Record<string, string> = {}) =>
  loadConfig(
    controllerDefinition.description,
    controllerConfig,
    { argv, env, dotEnv: {} },
    controllerDefinition.check,
  );

describe('the settings of the controller', () => {
  it("are FastChat's where nothing is given", () => {
    expect(load([])).toMatchObject({
      ok: true,
      config: {
        host: '127.0.0.1',
        port: 21001,
        dispatchMethod: 'shortest_queue',
        heartBeatExpiration: 90,
        workerApiTimeout: 100,
      },
    });
  });

  it('come from flags and from the environment', () => {
    const argv = [
      '--host',
      '0.0.0.0',
      '--port',
      '1',
      '--dispatch-method',
      'lottery',
      '--heart-beat-expiration',
      '5',
    ];
    expect(load(argv)).toMatchObject({
      config: { host: '0.0.0.0', port: 1, dispatchMethod: 'lottery', heartBeatExpiration: 5 },
    });
    const env = {
      OR_CONTROLLER_HOST: '::',
      OR_CONTROLLER_PORT: '2',
      OR_DISPATCH_METHOD: 'lottery',
      FASTCHAT_CONTROLLER_HEART_BEAT_EXPIRATION: '7',
      FASTCHAT_WORKER_API_TIMEOUT: '8',
    };
    expect(load([], env)).toMatchObject({
      config: { host: '::', port: 2, dispatchMethod: 'lottery', heartBeatExpiration: 7, workerApiTimeout: 8 },
    });
  });

  it('are refused all at once', () => {
    expect(load(['--port', 'x', '--dispatch-method', 'random', '--ssl'])).toMatchObject({
      ok: false,
      problems: [expect.stringContaining('--port'), expect.stringContaining('--dispatch-method')],
    });
    expect(load(['--ssl'])).toMatchObject({ problems: [expect.stringContaining('SSL_KEYFILE')] });
  });
});
