/** What FastChat's API server does with a template and with frames, for tests. */
import type { ConversationTemplate, GenerateFrame } from '@orcestator/protocol';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** FastChat 0.2.36: openai_api_server.py `get_gen_params` and conversation.py `get_prompt` for CHATML. */
export function flatten(messages: readonly Message[], template: ConversationTemplate): string {
  const system = messages.findLast(({ role }) => role === 'system')?.content ?? template.system_message;
  const systemPrompt = template.system_template.split('{system_message}').join(system);
  const turns = messages
    .filter(({ role }) => role !== 'system')
    .map(({ role, content }) => [template.roles[role === 'user' ? 0 : 1], content] as const);
  const texts = [...turns, [template.roles[1], ''] as const].map(([role, content]) =>
    content === '' ? `${role}\n` : `${role}\n${content}${template.sep}\n`,
  );
  return (systemPrompt === '' ? '' : `${systemPrompt}${template.sep}\n`) + texts.join('');
}

/** The frames of a whole answer. */
export function framesOf(text: string): GenerateFrame[] {
  return text
    .split('\0')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame) as GenerateFrame);
}
