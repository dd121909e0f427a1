/** `/model_details`: the context length that FastChat's API server checks prompts against. */
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { WorkerStage } from './testing/worker-stage';
import { UNKNOWN_MODEL } from './upstream/model-catalogue';

let stage: WorkerStage;
beforeEach(() => {
  stage = new WorkerStage();
});
afterEach(() => stage.close());

const details = async (model?: string): Promise<unknown> =>
  ((await (await stage.post('/model_details', { model })).json()) as { context_length: unknown })
    .context_length;

it('is that of the model behind the name, in whatever words the server tells it', async () => {
  stage.models = [
    { id: 'openai/gpt-4o', context_length: 128_000 },
    { id: 'v/llm', max_model_len: 4_096 },
    { id: 'v/gguf', meta: { n_ctx_train: 8_192 } },
    { id: 'v/free:free', context_length: 1_000 },
    { id: 'v/silent' },
  ];
  await stage.start();
  const asked = ['orcestator', undefined, 'v/llm', 'v/gguf', 'v/llm:nitro', 'v/free:free'];
  expect(await Promise.all(asked.map(details))).toEqual([128_000, 128_000, 4_096, 8_192, 4_096, 1_000]);
  expect(await details('v/silent')).toBe(UNKNOWN_MODEL.contextLength);
  expect(stage.listsAsked).toBe(1);
});

it('is generous where upstream has no list, which is asked for again after a minute', async () => {
  const clock = createManualClock();
  stage.models = undefined;
  await stage.start({}, { clock });
  expect(await details()).toBe(UNKNOWN_MODEL.contextLength);
  expect(await details()).toBe(UNKNOWN_MODEL.contextLength);
  expect(stage.listsAsked).toBe(1);
  stage.models = [{ id: 'openai/gpt-4o', context_length: 7 }];
  await clock.advance(60_001);
  expect(await details()).toBe(7);
});

it('comes from the old list while a new one is read', async () => {
  const clock = createManualClock();
  stage.models = [{ id: 'openai/gpt-4o', context_length: 7 }];
  await stage.start({}, { clock });
  expect(await details()).toBe(7);
  stage.models = [{ id: 'openai/gpt-4o', context_length: 8 }];
  await clock.advance(60 * 60_000 + 1);
  expect(await details()).toBe(7);
  await eventually(async () => (await details()) === 8);
  stage.models = undefined;
  await clock.advance(60 * 60_000 + 1);
  await details();
  await eventually(() => stage.listsAsked === 3);
  expect(await details()).toBe(8);
});
