/** What every kind of worker must do: most of the test of a new one. */
import { ORCESTATOR_MODEL, OrcestatorError, type ChatCompletionChunk } from '@orcestator/protocol';
import type { ChatStream, GenerateContext, WorkerKind } from './worker-kind';

const messages = [{ role: 'user', content: 'Say hello' }];
const chatBody = { model: ORCESTATOR_MODEL, messages };
const gates: [string, (kind: WorkerKind, context: GenerateContext) => ChatStream][] = [
  ['generateStreamGate', (kind, context) => kind.generateStreamGate(chatBody, context)],
  [
    'completeStreamGate',
    (kind, context) => kind.completeStreamGate({ model: ORCESTATOR_MODEL, prompt: 'Say hello' }, context),
  ],
];

function contextWith(signal: AbortSignal = new AbortController().signal): GenerateContext {
  return { requestId: 'r', headers: {}, signal };
}

async function chunksOf(stream: ChatStream): Promise<ChatCompletionChunk[]> {
  const chunks: ChatCompletionChunk[] = [];
  for await (const batch of stream.chunks) chunks.push(...batch);
  return chunks;
}

/** `create` gives a kind that answers `orcestator` with a text of several chunks and with vectors. */
export function describeWorkerKind(name: string, create: () => Promise<WorkerKind> | WorkerKind): void {
  describe(`${name} as a kind of worker`, () => {
    let kind: WorkerKind;
    beforeEach(async () => {
      kind = await create();
    });
    afterEach(() => kind.close());

    it.each(gates)('%s: role first, text, one finish, our name, usage apart', async (_gate, open) => {
      const stream = open(kind, contextWith());
      const chunks = await chunksOf(stream);
      const choices = chunks.flatMap((chunk) => chunk.choices);
      expect(choices[0]?.delta.role).toBe('assistant');
      expect(choices.map(({ delta }) => delta.content ?? '').join('')).not.toBe('');
      expect(choices.filter((choice) => choice.finish_reason !== null)).toHaveLength(1);
      expect(choices.at(-1)?.finish_reason).toBe('stop');
      for (const chunk of chunks) expect([chunk.model, chunk.usage]).toEqual([ORCESTATOR_MODEL, undefined]);
      expect(stream.openChoices()).toEqual([]);
      expect(stream.upstreamModel()).not.toBe('');
    });

    it.each(gates)('%s: stops when its signal aborts, with the reason', async (_gate, open) => {
      const abort = new AbortController();
      const gone = new OrcestatorError('client_gone', 'The client left.');
      const stream = open(kind, contextWith(abort.signal));
      const reading = (async () => {
        for await (const _batch of stream.chunks) abort.abort(gone);
      })();
      await expect(reading).rejects.toBe(gone);
      expect(stream.signal.reason).toBe(gone);
    });

    it('asks nothing for a client that has left before', async () => {
      const gone = new OrcestatorError('client_gone', 'The client left.');
      const stream = kind.generateStreamGate(chatBody, contextWith(AbortSignal.abort(gone)));
      await expect(chunksOf(stream)).rejects.toBe(gone);
    });

    it('getEmbeddings: a vector for each text, summed up in one chunk', async () => {
      const stream = kind.getEmbeddings({ model: ORCESTATOR_MODEL, input: ['a', 'b'] }, contextWith());
      const chunks = await chunksOf(stream);
      expect(chunks).toHaveLength(1);
      expect(chunks[0]?.choices[0]?.delta.content).toMatch(/^\[embeddings 2×\d+\]$/);
      expect(stream.answer()).toMatchObject({ object: 'list', model: ORCESTATOR_MODEL, data: [{}, {}] });
    });

    it('getModelFacts: a context length for any model', async () => {
      for (const model of [ORCESTATOR_MODEL, 'nobody/knows']) {
        const facts = await kind.getModelFacts(model);
        expect(facts.contextLength).toBeGreaterThan(0);
        expect(facts.upstreamModel).not.toBe('');
      }
    });
  });
}
