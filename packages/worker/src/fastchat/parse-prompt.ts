/** A prompt that FastChat flattened → the messages it was made of (FastChat: conversation.py `get_prompt`, CHATML). */
import { firstMarker, markersOf, turnRoles, type Markers, type TurnRole } from './conv-template';

export interface Turn {
  readonly role: TurnRole;
  readonly content: string;
}

/**
 * The conversation, without the blank turn that asks for the answer and without an empty system message; `undefined` for
 * any other text (a prompt of `/v1/completions`, another worker's template). With a word in the markers the result is
 * exact; in plain ChatML a text that contains whole markers is taken at its word.
 */
export function parsePrompt(prompt: string): Turn[] | undefined {
  const first = firstMarker.exec(prompt);
  if (!first) return undefined;
  const markers = markersOf(first[1] ?? '');
  const turns: Turn[] = [];
  for (let at = 0; at < prompt.length;) {
    const role = roleAt(prompt, at, markers);
    // Something between two turns: not what the template makes.
    if (!role) return undefined;
    const from = at + markers.start.length + role.length + 1;
    const { content, next } = readText(prompt, from, markers);
    const isCue = role === 'assistant' && content === '' && next >= prompt.length;
    if (!isCue && !(role === 'system' && content === '')) turns.push({ role, content });
    at = next;
  }
  return turns;
}

/** The role whose turn begins at this place. */
function roleAt(prompt: string, at: number, { start }: Markers): TurnRole | undefined {
  if (!prompt.startsWith(start, at)) return undefined;
  return turnRoles.find((role) => prompt.startsWith(`${role}\n`, at + start.length));
}

/** An empty text has no end marker; a text may contain the marker where no turn or end follows it. */
function readText(prompt: string, from: number, markers: Markers): { content: string; next: number } {
  if (from >= prompt.length || roleAt(prompt, from, markers)) return { content: '', next: from };
  const end = `${markers.end}\n`;
  for (let at = prompt.indexOf(end, from); at >= 0; at = prompt.indexOf(end, at + 1)) {
    const next = at + end.length;
    if (next === prompt.length || roleAt(prompt, next, markers))
      return { content: prompt.slice(from, at), next };
  }
  // The beginning of an answer that the model is to continue.
  return { content: prompt.slice(from), next: prompt.length };
}
