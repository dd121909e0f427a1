/** docs/errors.md lists every row of the error table, and nothing else. */
import { ErrorCode, errorTable } from '@orcestator/protocol';
import { readText, tableRows } from './repository';

const nameOf = (code: number): string =>
  Object.entries(ErrorCode).find(([, value]) => value === code)?.[0] ?? '';

const expected = Object.entries(errorTable).map(([kind, row]) => [
  kind,
  String(row.status),
  `${row.errorCode} ${nameOf(row.errorCode)}`,
  row.type,
  row.code ?? '—',
]);

const rows = tableRows(readText('docs/errors.md'));

it('docs/errors.md has a row for each kind of error, with its status and codes', () => {
  expect(rows.map((cells) => cells.slice(0, 5))).toEqual(expected);
});

it('docs/errors.md says of each when it happens', () => {
  expect(rows.filter((cells) => (cells[5] ?? '').length < 10)).toEqual([]);
});
