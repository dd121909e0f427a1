/** Which models a pattern such as `*\/*` covers. */

/** True when `pattern`, in which `*` stands for any text, covers the whole of `model`. Linear time, no RegExp. */
export function matchesModelPattern(pattern: string, model: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return model === first;
  const last = parts[parts.length - 1] ?? '';
  if (!model.startsWith(first) || model.length < first.length + last.length || !model.endsWith(last))
    return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = model.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= model.length - last.length;
}
