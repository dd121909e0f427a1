/** Which workers may serve a model: names, patterns, exclusions, protocols. */
import type { WorkerStatus } from '@orcestator/protocol';
import { selectWorkers } from './select-workers';
import { createWorkerInfo } from './worker-info';

const worker = (workerName: string, status: Partial<WorkerStatus>) =>
  createWorkerInfo(
    { workerName, checkHeartBeat: true, multimodal: false, registration: 1 },
    { model_names: [], speed: 1, queue_length: 0, ...status },
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
});
