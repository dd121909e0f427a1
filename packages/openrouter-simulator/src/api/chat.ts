/** `POST /api/v1/chat/completions`: validation, then the scenario of the model id. */
import { isRecord } from '@orcestator/protocol';
import { makeGenerationId } from '../answers/generation';
import { Exchange } from '../exchange';
import { parseModel } from '../scenario-id';
import { scenarios } from '../scenarios';
import { answeringModel, chosenId } from './answering-model';
import type { ApiRequest, Handler } from './handler';
import { priceOf } from './prices';
import { checkBalance, checkFreeTier, checkModel, checkTypes } from './validate';

export const chat: Handler = async (request) => {
  const refused = checkTypes(request.body);
  if (refused) return request.reply().json(refused.status, refused.body, refused.headers);
  const body = isRecord(request.body) ? request.body : {};
  const id = chosenId(body);
  const parsed = parseModel(id);
  const reply = request.reply(parsed.modifiers);
  const answering = answeringModel(id);
  const price = priceOf(answering.model);
  const later =
    checkModel(id) ?? checkBalance(body, price, request.settings) ?? checkFreeTier(id, request.freeTier);
  if (later) return reply.json(later.status, later.body, later.headers);
  const exchange = new Exchange({
    body,
    argument: parsed.argument,
    generation: { id: request.record.generationId, created: request.created, ...answering, price },
    reply,
    record: request.record,
    settings: request.settings,
  });
  await (scenarios[parsed.scenario ?? 'ok'] ?? scenarios.ok)?.run(exchange);
};

/** The id of a request's generation, made when its record is. */
export function generationIdFor({ created, settings }: Pick<ApiRequest, 'created' | 'settings'>): string {
  return makeGenerationId(created, settings.random);
}
