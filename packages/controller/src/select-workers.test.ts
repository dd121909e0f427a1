/** Which workers may serve a model: names, patterns, exclusions, protocols. */
import type { WorkerProtocol, WorkerStatus } from '@orcestator/protocol';
import { selectWorkers } from './select-workers';
import { createWorkerInfo } from './worker-info';

const worker = (workerName: string, status: Partial<WorkerStatus>) =>
  createWorkerInfo(
    { workerName, checkHeartBeat: true, multimodal: false, registration: 1 },
    { status: { model_names: [], speed: 1, queue_length: 0, ...status }, askedBy: undefined },
    0,
  );

const named = worker('http://named', { model_names: ['orcestator', 'vendor/model'], protocols: ['openai'] });
const any = worker('http://any', { model_names: ['orcestator'], model_patterns: ['*/*'] });
const old = worker('http://old', { model_names: ['vicuna'] });
const workers = [named, any, old];

const select = (model: string, question = {}): string[] =>
  selectWorkers(workers, { model, ...question }).map(({ workerName }) => workerName);

describe('selectWorkers', () => {
  it('finds all workers that name the model, in their order', () => {
    expect(select('orcestator')).toEqual(['http://named', 'http://any']);
  });

  it.each([
    'vendor/model:free',
    '~a/b-latest',
    'a/b@preset/c',
    'anthropic/claude-sonnet-4.5',
    'openrouter/auto',
  ])('finds %s by the pattern */*', (model) => {
    expect(select(model)).toEqual(['http://any']);
  });

  it('prefers the exact name to a pattern', () => {
    expect(select('vendor/model')).toEqual(['http://named']);
  });

  it('falls back to a pattern when all that name the model are excluded', () => {
    expect(select('vendor/model', { exclude: ['http://named'] })).toEqual(['http://any']);
  });

  it('finds nobody for a name that neither is listed nor matches', () => {
    expect(select('gpt-4o')).toEqual([]);
    expect(select('')).toEqual([]);
  });

  it('leaves out the excluded and those that do not speak the protocol', () => {
    expect(select('orcestator', { exclude: ['http://named'] })).toEqual(['http://any']);
    expect(select('orcestator', { protocol: 'openai' })).toEqual(['http://named']);
    expect(select('vicuna', { protocol: 'fastchat' })).toEqual(['http://old']);
    expect(select('vicuna', { protocol: 'openai' })).toEqual([]);
  });

  it("takes Ollama's tag for granted", () => {
    const ollama = worker('http://ollama', {
      model_names: ['llama3:latest', 'qwen:7b'],
      protocols: ['openai'],
    });
    const named = (model: string) =>
      selectWorkers([any, ollama], { model }).map(({ workerName }) => workerName);
    expect(named('llama3')).toEqual(['http://ollama']);
    expect(named('llama3:latest')).toEqual(['http://ollama']);
    expect(named('qwen')).toEqual([]);
  });

  it('leaves out who rests, and the controllers that the request has passed', () => {
    const resting = worker('http://resting', { model_names: ['m'] });
    resting.isAvailable = false;
    const controller = worker('http://controller', { model_names: ['m'], controller_id: 'a' });
    const left = (via: string[]) =>
      selectWorkers([resting, controller], { model: 'm', via }).map(({ workerName }) => workerName);
    expect(left(['b'])).toEqual(['http://controller']);
    expect(left(['b', 'a'])).toEqual([]);
  });

  it('asks a controller for a model in the protocols of that model only', () => {
    const tree = worker('http://tree', {
      model_names: ['old', 'new'],
      protocols: ['openai', 'fastchat'],
      protocols_by_model: { old: ['fastchat'] },
    });
    const found = (model: string, protocol: WorkerProtocol) =>
      selectWorkers([tree], { model, protocol }).length;
    expect([found('old', 'openai'), found('old', 'fastchat'), found('new', 'openai')]).toEqual([0, 1, 1]);
  });
});
