/** The real clock. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { systemClock } from './clock';
import { eventually } from './testing';

it('calls after its time', async () => {
  const start = systemClock.monotonic();
  await new Promise<void>((resolve) => void systemClock.after(20, resolve));
  expect(systemClock.monotonic() - start).toBeGreaterThan(15);
});

it('does not call a timer that was stopped', async () => {
  const called: string[] = [];
  systemClock.after(1, () => called.push('stopped')).stop();
  systemClock.after(5, () => called.push('later'));
  await eventually(() => called.length > 0);
  expect(called).toEqual(['later']);
});

it('a time beyond the reach of timers does not mean at once', async () => {
  const called: string[] = [];
  const far = systemClock.after(1e12, () => called.push('far'));
  systemClock.after(20, () => called.push('near'));
  await eventually(() => called.length > 0);
  far.stop();
  expect(called).toEqual(['near']);
});

it('after a pause of the whole process, what has come meanwhile is read before a timer is called', async () => {
  const order: string[] = [];
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  client.on('data', () => order.push('data'));
  // Timers are what the event loop turns to next after this.
  await new Promise((resolve) => setImmediate(resolve));
  socket.end('came meanwhile');
  systemClock.after(1, () => order.push('timer'));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  await eventually(() => order.length === 2);
  server.close();
  expect(order).toEqual(['data', 'timer']);
});
