/** Where the time of a request went: the parts add up to the time until the head. */
import { Router } from 'express';
import { Registry } from 'prom-client';
import { createManualClock, createRecordingLogger, eventually, startApp } from '../testing';
import { createHttpApp } from './create-http-app';
import type { Listening } from './listen';
import { formatServerTiming, parseServerTiming, ServerTiming, startServerTiming } from './server-timing';

describe('the timing of a request', () => {
  const clock = createManualClock();
  const wait = (milliseconds: number) => clock.advance(milliseconds);

  it('gives each hop its time, and what is left to the service itself', async () => {
    const timing = new ServerTiming('gateway', clock);
    await wait(1);
    await timing.during('dispatch', () => wait(2));
    await timing.during('upstream', () => wait(800));
    await wait(3);
    timing.head();
    await wait(5_000);
    expect(timing.all()).toEqual([
      ['gateway', 4],
      ['dispatch', 2],
      ['upstream', 800],
    ]);
  });

  it('counts a hop that failed, and a repeated one as a whole', async () => {
    const timing = new ServerTiming('gateway', clock);
    const fail = async () => {
      await wait(7);
      throw new Error('refused');
    };
    await expect(timing.during('upstream', fail)).rejects.toThrow('refused');
    timing.rename('upstream', 'failover');
    await timing.during('upstream', () => wait(10));
    await timing.during('upstream', () => wait(5));
    expect(timing.all()).toEqual([
      ['gateway', 0],
      ['failover', 7],
      ['upstream', 15],
    ]);
  });

  it("takes a peer's word for its part; the way there is its own", async () => {
    const timing = new ServerTiming('gateway', clock);
    await timing.during('upstream', () => wait(100));
    timing.replace('upstream', [
      ['worker', 2],
      ['upstream', 90],
    ]);
    timing.head();
    expect(timing.all()).toEqual([
      ['gateway', 8],
      ['worker', 2],
      ['upstream', 90],
    ]);
    expect(timing.measured()).toEqual([['gateway', 8]]);
  });

  it('shows a hop under way as far as it is', async () => {
    const timing = new ServerTiming('worker', clock);
    timing.start('upstream');
    await wait(10_000);
    timing.head();
    expect(timing.all()).toEqual([
      ['worker', 0],
      ['upstream', 10_000],
    ]);
    await wait(2_000);
    timing.stop('upstream');
    await wait(30);
    expect(timing.all()).toEqual([
      ['worker', 0],
      ['upstream', 12_000],
    ]);
  });
});

describe('the header', () => {
  it('is written as the W3C wants it, and read again', () => {
    const header = formatServerTiming([
      ['worker', 1.25],
      ['upstream', 812.44],
    ]);
    expect(header).toBe('worker;dur=1.3, upstream;dur=812.4');
    expect(parseServerTiming(header, ['worker', 'upstream'])).toEqual([
      ['worker', 1.3],
      ['upstream', 812.4],
    ]);
  });

  it.each([
    undefined,
    ['worker;dur=1'],
    '',
    'worker',
    'worker;dur=',
    'worker;dur=-1',
    'total;dur=5',
    'worker;desc="x;dur=1"',
  ])('nothing is read out of %j', (header) => {
    expect(parseServerTiming(header, ['worker'])).toEqual([]);
  });
});

describe('an application', () => {
  const clock = createManualClock();
  const logger = createRecordingLogger();
  const registry = new Registry();
  let app: Listening;
  beforeAll(async () => {
    const router = Router();
    const slow = () => clock.advance(250);
    router.get('/timed', async (_request, response) => {
      await startServerTiming(response, 'gateway', clock).during('upstream', slow);
      response.write('first');
      await clock.advance(1_000);
      response.end();
    });
    router.get('/failed', async (_request, response) => {
      await startServerTiming(response, 'gateway', clock).during('upstream', slow);
      throw new Error('unforeseen');
    });
    router.get('/plain', (_request, response) => void response.send('ok'));
    const hops = ['gateway', 'upstream'];
    app = await startApp(
      createHttpApp({ metricPrefix: 't', registry, logger, clock, hops, routers: [router] }),
    );
  });
  afterAll(() => app.close());
  const ask = async (path: string) => {
    const answer = await fetch(`${app.url}${path}`);
    await answer.text();
    return answer.headers.get('server-timing');
  };

  it('tells it in the head, in the log and in a metric, of an answer and of an error', async () => {
    expect(await ask('/timed')).toBe('gateway;dur=0.0, upstream;dur=250.0');
    expect(await ask('/failed')).toBe('gateway;dur=0.0, upstream;dur=250.0');
    await eventually(
      () => logger.lines.filter((line) => line.includes('hops="gateway=0 upstream=250"')).length === 2,
    );
    const page = await registry.metrics();
    expect(page).toContain('t_hop_duration_seconds_sum{hop="upstream"} 0.5');
    expect(page).toContain('t_hop_duration_seconds_bucket{le="0.0005",hop="gateway"} 2');
    expect(page).toContain('t_errors_total{kind="internal"} 1');
  });

  it('says nothing of a route that times nothing', async () => {
    expect(await ask('/plain')).toBeNull();
    await eventually(() => logger.lines.some((line) => line.includes('/plain')));
    expect(logger.lines.find((line) => line.includes('/plain'))).not.toContain('hops');
  });
});
