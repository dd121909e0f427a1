/** `sim/stall-after:5+chop:1` → the scenario, its argument, and how its bytes are cut. */

/** Shapes that can be put on any answer (pitfalls 20, 21). */
export interface Modifiers {
  /** Bytes of each write. */
  readonly chop?: number;
  /** CRLF in place of LF. */
  readonly crlf?: boolean;
  /** The whole answer in one write. */
  readonly mergeAll?: boolean;
  /** `data:` without the space after it. */
  readonly noSpaceData?: boolean;
}

export interface ParsedModel {
  /** The model id without modifiers. */
  readonly model: string;
  /** The scenario's name, `undefined` for an ordinary id. */
  readonly scenario: string | undefined;
  readonly argument: string | undefined;
  readonly modifiers: Modifiers;
  /** False where a modifier is none of ours. */
  readonly isWellFormed: boolean;
}

const modifierParsers: Readonly<Record<string, (argument: string | undefined) => Modifiers>> = {
  chop: (argument) => ({ chop: Math.max(1, Math.floor(Number(argument)) || 1) }),
  crlf: () => ({ crlf: true }),
  'merge-all': () => ({ mergeAll: true }),
  'no-space-data': () => ({ noSpaceData: true }),
};

export function parseModel(id: string): ParsedModel {
  const [model = '', ...parts] = id.split('+');
  let modifiers: Modifiers = {};
  let isWellFormed = true;
  for (const part of parts) {
    const [name = '', argument] = part.split(':');
    const parsed = modifierParsers[name]?.(argument);
    isWellFormed &&= parsed !== undefined;
    modifiers = { ...modifiers, ...parsed };
  }
  if (!model.startsWith('sim/'))
    return { model, scenario: undefined, argument: undefined, modifiers, isWellFormed };
  const [scenario = '', argument] = model.slice('sim/'.length).split(':');
  // A modifier alone is a scenario too: `sim/chop:1` is an ordinary answer, chopped.
  const own = modifierParsers[scenario]?.(argument);
  return own
    ? { model, scenario: 'ok', argument: undefined, modifiers: { ...modifiers, ...own }, isWellFormed }
    : { model, scenario, argument, modifiers, isWellFormed };
}

/** Names that are modifiers, for the list of scenarios. */
export const modifierNames = Object.keys(modifierParsers);
