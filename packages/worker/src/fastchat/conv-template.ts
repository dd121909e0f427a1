/**
 * The conversation template that the worker announces (`/worker_get_conv_template`): ChatML, whose markers carry a random
 * word. FastChat's API server flattens a conversation with it; whoever writes a text of that conversation cannot know the
 * word, so no text can look like a turn.
 */
import type { ConversationTemplate } from '@orcestator/protocol';

/** FastChat's `SeparatorStyle.CHATML`. */
const CHATML = 10;

export const turnRoles = ['system', 'user', 'assistant'] as const;
export type TurnRole = (typeof turnRoles)[number];

/** What stands before and after a turn; plain ChatML where the word is empty. */
export interface Markers {
  /** Begins a turn: role, line feed and text follow. */
  readonly start: string;
  /** Ends a text; a line feed follows. */
  readonly end: string;
}

export function markersOf(word: string): Markers {
  const suffix = word === '' ? '' : `:${word}`;
  return { start: `<|im_start${suffix}|>`, end: `<|im_end${suffix}|>` };
}

/** A prompt's first marker, the word in it; a prompt without one is no conversation of ours. */
export const firstMarker = /^<\|im_start(?::([\w-]{1,64}))?\|>(?:system|user|assistant)\n/;

/**
 * The API server keeps the template of an address for ever, across restarts of the worker. So any word is understood,
 * not only the worker's own: the prompt's first marker tells it, and that one always comes from the template.
 * No stop texts: they would be added to every request's `stop`.
 */
export function createConvTemplate(word: string): ConversationTemplate {
  const { start, end } = markersOf(word);
  return {
    name: 'orcestator',
    system_template: `${start}system\n{system_message}`,
    system_message: '',
    system_message_vision: '',
    roles: [`${start}user`, `${start}assistant`],
    messages: [],
    offset: 0,
    sep_style: CHATML,
    sep: end,
    sep2: null,
    stop_str: null,
    stop_token_ids: null,
    max_image_size_mb: null,
  };
}
