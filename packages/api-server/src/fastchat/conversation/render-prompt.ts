/** A worker's template and a client's messages → the prompt (FastChat: `get_gen_params` and `Conversation.get_prompt`). */
import { OrcestatorError, type ConversationTemplate } from '@orcestator/protocol';
import { formatSystem, isTruthy, TemplateError, type MessageText } from './python-text';
import { readMessages } from './read-messages';
import { separatorStyles } from './separator-styles';

/** A text is the prompt itself. Throws `invalid_request` where FastChat fails to write the conversation. */
export function renderPrompt(template: ConversationTemplate, messages: string | readonly unknown[]): string {
  if (typeof messages === 'string') return messages;
  const read = readMessages(messages);
  // The last system message wins, in place of the template's own.
  const system = read.findLast(({ speaker }) => speaker === 'system');
  const systemMessage = system ? system.text : template.system_message;
  const [user, assistant] = template.roles;
  const said = read
    .filter(({ speaker }) => speaker !== 'system')
    .map(({ speaker, text }) => [speaker === 'user' ? user : assistant, text] as const);
  const open: readonly [string, MessageText] = [assistant, null];
  try {
    return write({
      ...template,
      systemPrompt: formatSystem(template.system_template, systemMessage),
      hasSystemMessage: isTruthy(systemMessage),
      messages: [...fewShot(template), ...said, open],
    });
  } catch (error) {
    if (error instanceof TemplateError) throw cannotWrite(template, error);
    throw error;
  }
}

type Written = Parameters<(typeof separatorStyles)[number]>[0] & Pick<ConversationTemplate, 'sep_style'>;

function write(conversation: Written): string {
  const style = separatorStyles[conversation.sep_style];
  if (style) return style(conversation);
  throw new TemplateError(`separator style ${conversation.sep_style} is unknown`);
}

function fewShot({ messages }: ConversationTemplate): (readonly [unknown, MessageText])[] {
  return messages.map(([role, text]) => [role, text as MessageText]);
}

function cannotWrite({ name }: ConversationTemplate, error: TemplateError): OrcestatorError {
  return new OrcestatorError(
    'invalid_request',
    `The conversation template "${name}" of this model's worker cannot write these messages: ${error.message}. Send each "content" as one text.`,
    { param: 'messages', cause: error },
  );
}
