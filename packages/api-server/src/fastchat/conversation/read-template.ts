/** Reads the answer of `/worker_get_conv_template` (`conversation.py`, `Conversation`). */
import { isRecord, isStringArray, type ConversationTemplate } from '@orcestator/protocol';

/** `undefined` where the answer holds no template. Fields that FastChat gives a default may be absent. */
export function readTemplate(answer: unknown): ConversationTemplate | undefined {
  const conv = isRecord(answer) ? answer.conv : undefined;
  if (!isRecord(conv) || typeof conv.sep_style !== 'number') return undefined;
  const { roles, messages, stop_str: stop, stop_token_ids: tokens } = conv;
  const [user, assistant] = isStringArray(roles) ? roles : [];
  return {
    ...conv,
    name: textOr(conv.name, ''),
    system_template: textOr(conv.system_template, '{system_message}'),
    system_message: textOr(conv.system_message, ''),
    roles: [user ?? 'USER', assistant ?? 'ASSISTANT'],
    messages: Array.isArray(messages) ? messages.filter(isMessage) : [],
    offset: typeof conv.offset === 'number' ? conv.offset : 0,
    sep_style: conv.sep_style,
    sep: textOr(conv.sep, '\n'),
    sep2: typeof conv.sep2 === 'string' ? conv.sep2 : null,
    stop_str: typeof stop === 'string' || isStringArray(stop) ? stop : null,
    stop_token_ids: Array.isArray(tokens) ? (tokens as number[]) : null,
  };
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function isMessage(value: unknown): value is [string, unknown] {
  return Array.isArray(value) && typeof value[0] === 'string';
}
