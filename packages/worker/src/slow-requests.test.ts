/** A slow request is named in the service log. */
import { createManualClock, createRecordingLogger } from '@orcestator/service-kit/testing';
import { eventStream, WorkerStage } from './testing/worker-stage';

const stage = new WorkerStage();
const logger = createRecordingLogger();
const clock = createManualClock();
afterAll(() => stage.close());

it('with its id, model, outcome and times, never its texts; a fast one is not', async () => {
  await stage.start({ OR_SLOW_REQUEST: '20' }, { logger, clock });
  const answerAfter = (milliseconds: number): void => {
    stage.script = (response) =>
      void clock.advance(milliseconds).then(() => {
        eventStream(response).end(
          'data: {"id":"gen-1","model":"a/b","choices":[{"index":0,"delta":{"content":"secret text"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        );
      });
  };
  answerAfter(19_000);
  await (await stage.chat({}, { headers: { 'x-request-id': 'fast' } })).text();
  answerAfter(21_000);
  await (await stage.chat({}, { headers: { 'x-request-id': 'slow' } })).text();
  const lines = logger.lines.filter((line) => line.includes('slow request'));
  expect(lines).toEqual([
    'warn slow request id="slow" model="a/b" outcome="ok" ms=21000 firstTokenMs=21000 tokens=undefined',
  ]);
  expect(logger.lines.join()).not.toContain('secret text');
});
