/** A service as small as can be, run as a process of its own by run-service's tests. Needs the built package. */
const { appendFileSync } = require('node:fs');
const { commonOptions, checkCommon, parsers, runService } = require('../../dist/index.js');

const note = (word) => process.env.TINY_NOTES && appendFileSync(process.env.TINY_NOTES, `${word}\n`);

void runService({
  description: { name: 'tiny', description: 'Пример.', version: '1.2.3' },
  table: {
    host: { flags: ['host'], env: ['TINY_HOST'], help: 'адрес', parse: parsers.text, default: '127.0.0.1' },
    port: { flags: ['port'], env: ['TINY_PORT'], help: 'порт', parse: parsers.port, default: 0 },
    failure: { env: ['TINY_FAILURE'], help: 'с чем не запуститься', parse: parsers.text, default: '' },
    ...commonOptions,
  },
  check: checkCommon,
  secrets: () => ['hunter22'],
  create: (config, { stopSignal, logger }) => {
    if (config.failure === 'create') throw new Error('create failed with hunter22');
    return {
      listener: (request, response) => {
        response.write('begun ');
        if (request.url === '/slow') setTimeout(() => response.end('ended'), 300);
        if (request.url === '/stream') stopSignal.addEventListener('abort', () => response.end('stopped'));
        // Any other path is answered for ever, whatever happens.
      },
      started: ({ port }) => logger.info(`started on ${port}`),
      stopping: () => {
        note('stopping');
        return config.failure === 'stopping' ? Promise.reject(new Error('stopping failed')) : Promise.resolve();
      },
      stopped: () => {
        note('stopped');
        return Promise.resolve();
      },
    };
  },
});
