/** Templates and messages → the parameters that FastChat 0.2.36 sends to the worker, recorded from it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OrcestatorError, type GenerateParams, type JsonRecord } from '@orcestator/protocol';
import { checkRequests } from '../check-requests';
import { getGenParams } from '../get-gen-params';
import { readTemplate } from './read-template';
import { renderPrompt } from './render-prompt';

interface Vector {
  id: string;
  template: JsonRecord;
  messages: string | unknown[];
  request: JsonRecord;
  expect: { gen_params?: GenerateParams; error?: string };
}

const file = join(__dirname, '../__fixtures__/conversation_vectors.json');
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };

function genParams({ template: conv, messages, request }: Vector): GenerateParams {
  const template = readTemplate({ conv });
  if (!template) throw new Error('the template was not read');
  return getGenParams('m', renderPrompt(template, messages), template, checkRequests(request, null));
}

const sorted = (params: GenerateParams): object => ({ ...params, stop: [...(params.stop ?? [])].sort() });

it('the recording has every separator style', () => {
  const styles = new Set(vectors.map(({ template }) => template.sep_style));
  expect([...styles].sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 23 }, (_, index) => index + 1),
  );
});

it.each(vectors.filter((vector) => vector.expect.gen_params).map((vector) => [vector.id, vector] as const))(
  '%s',
  (_id, vector) => {
    expect(sorted(genParams(vector))).toEqual(sorted(vector.expect.gen_params as GenerateParams));
  },
);

it.each(vectors.filter((vector) => vector.expect.error).map((vector) => [vector.id, vector] as const))(
  '%s: FastChat fails, we say so',
  (_id, vector) => {
    const write = (): unknown => genParams(vector);
    expect(write).toThrow(OrcestatorError);
    expect(write).toThrow(/conversation template "tpl".*Send each "content" as one text/);
  },
);
