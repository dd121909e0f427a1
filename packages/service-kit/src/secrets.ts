/** Keeps secrets out of logs, errors and answers. */

const HIDDEN = '[hidden]';

/** Shapes of keys and of bearer headers that must never be written, known to us or not. */
const secretShapes = [/sk-[A-Za-z0-9_-]{8,}/g, /(?<=bearer\s+)[A-Za-z0-9._~+/=-]{6,}/gi];

/** Replaces the given secrets, and whatever looks like a key, by `[hidden]`. */
export type Redact = (text: string) => string;

/** Makes a {@link Redact} for these secrets; empty and very short ones are skipped (they would eat every text). */
export function createRedact(secrets: readonly string[] = []): Redact {
  const known = secrets.filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, HIDDEN);
    for (const shape of secretShapes) clean = clean.replace(shape, HIDDEN);
    return clean;
  };
}
