/** The lines that a change takes away and adds, with their numbers: short enough to be read in a terminal. */

/** `-12 old line` and `+12 new line`, in order; empty when nothing changes. */
export function lineDiff(before: string, after: string): string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const start = commonStart(old, now);
  const end = commonStart(old.slice(start).reverse(), now.slice(start).reverse());
  return compare(old.slice(start, old.length - end), now.slice(start, now.length - end), start + 1);
}

/** The line end of the last line begins no further one. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function commonStart(left: readonly string[], right: readonly string[]): number {
  const at = left.findIndex((line, index) => line !== right[index]);
  return at < 0 ? left.length : at;
}

/** The longest common subsequence, from its end; settings are a few hundred lines, what is left of them fewer. */
function compare(old: readonly string[], now: readonly string[], firstLine: number): string[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] ?? new Uint32Array();
    for (let j = now.length - 1; j >= 0; j -= 1)
      row[j] = old[i] === now[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length;) {
    if (i < old.length && old[i] === now[j]) {
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= now.length || length(i + 1, j) >= length(i, j + 1))) {
      lines.push(`-${firstLine + i} ${old[i]}`);
      i += 1;
    } else {
      lines.push(`+${firstLine + j} ${now[j]}`);
      j += 1;
    }
  }
  return lines;
}
