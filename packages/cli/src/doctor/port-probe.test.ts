import { startApp } from '@orcestator/service-kit/testing';
import { ownerOfPort, probePort, windowsPid } from './port-probe';

it('tells a port that is held from a free one, and who holds it', async () => {
  const app = await startApp((_request, response) => response.end());
  expect(await probePort('127.0.0.1', app.port)).toBe('taken');
  if (process.platform === 'linux')
    expect(await ownerOfPort(app.port, 'linux')).toContain(`(pid ${process.pid})`);
  await app.close();
  expect(await probePort('127.0.0.1', app.port)).toBe('free');
  expect(await ownerOfPort(app.port, process.platform)).toBeUndefined();
});

it('knows an address that this machine has not', async () => {
  expect(await probePort('192.0.2.1', 0)).toBe('no_such_host');
});

it('reads the pid from a Russian netstat', () => {
  const text = `
Активные подключения

  Имя    Локальный адрес        Внешний адрес          Состояние       PID
  TCP    127.0.0.1:58000        127.0.0.1:8000         ESTABLISHED     11
  TCP    0.0.0.0:8000           0.0.0.0:0              LISTENING       4242\r
  TCP    [::]:8002              [::]:0                 ПРОСЛУШИВАНИЕ   77\r
`;
  expect([8000, 8002, 58000].map((port) => windowsPid(text, port))).toEqual(['4242', '77', undefined]);
});
