/** Keeps secrets out of logs, errors and answers. */

const HIDDEN = '[hidden]';

/**
 * Shapes of keys and of bearer headers that must never be written, known to us or not. Blanks are counted: with `\s+` a
 * prompt of a million blanks would take minutes, since each of them is looked at again for each that follows.
 */
const secretShapes = [/sk-[A-Za-z0-9_-]{8,}/g, /(?<=bearer\s{1,8})[A-Za-z0-9._~+/=-]{6,}/gi];

/** Replaces the given secrets, and whatever looks like a key, by `[hidden]`. */
export type Redact = (text: string) => string;

/**
 * Makes a {@link Redact} for these secrets; empty and very short ones are skipped (they would eat every text). `patterns`
 * are the user's own, global ones.
 */
export function createRedact(secrets: readonly string[] = [], patterns: readonly RegExp[] = []): Redact {
  const shapes = [...secretShapes, ...patterns];
  const known = secrets.filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, HIDDEN);
    for (const shape of shapes) clean = clean.replace(shape, HIDDEN);
    return clean;
  };
}
