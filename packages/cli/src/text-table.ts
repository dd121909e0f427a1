/** Aligned columns for a terminal. */

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

/** Rows of cells as lines; the first column is shortened where the whole would be wider than `width`. */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const table = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...table.map((row) => lengthOf(row[index] ?? ''))));
  const total = widths.reduce((sum, one) => sum + one + 2, -2);
  const first = Math.max(16, (widths[0] ?? 0) - Math.max(0, total - width));
  return table.map((row) =>
    row
      .map((cell, index) => {
        const text = index === 0 ? shorten(cell, first) : cell;
        const room = ' '.repeat(
          Math.max(
            0,
            (index === 0 ? Math.min(first, widths[0] ?? 0) : (widths[index] ?? 0)) - lengthOf(text),
          ),
        );
        return columns[index]?.isNumber ? room + text : text + room;
      })
      .join('  ')
      .trimEnd(),
  );
}

function lengthOf(text: string): number {
  return [...text].length;
}

function shorten(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}
