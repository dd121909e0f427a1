/** docs/coverage.md tells the truth: every pitfall has a row, every test it names exists, none is forgotten. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, packageFolders, readText, ROOT, tableRows } from '../docs/repository';

const PITFALLS = 48;
const NOT_OURS = 'не касается:';

interface Row {
  readonly code: readonly string[];
  /** The last cell as it stands. */
  readonly cell: string;
  /** Test file → the names it is cited with. */
  readonly tests: ReadonlyMap<string, readonly string[]>;
}

function readCell(cell: string): Map<string, string[]> {
  const parts = cell.startsWith(NOT_OURS) ? [] : cell.split('<br>');
  return new Map(
    parts.map((part) => [
      part.split(': «')[0] ?? '',
      [...part.matchAll(/«([^»]*)»/g)].map(([, name = '']) => name),
    ]),
  );
}

const rows = new Map<number, Row>(
  tableRows(readText('docs/coverage.md')).map(([number, , code = '', cell = '']) => [
    Number(number),
    { code: code.split('<br>'), cell, tests: readCell(cell) },
  ]),
);

/** The tests of all packages, and the tables that they are made of. */
const sources = packageFolders()
  .flatMap((name) => filesBelow(`packages/${name}/src`, '.ts'))
  .filter((path) => /\.(test|cases)\.ts$/.test(path))
  .map((path) => ({ file: path.replace('packages/', ''), text: readText(path) }));

/** Names of tests that say which pitfall they hold. */
function citing(text: string): { name: string; pitfalls: number[] }[] {
  const texts = [...text.matchAll(/'([^'\n\\]*)'|"([^"\n\\]*)"|`([^`\n\\]*)`/g)];
  return texts.flatMap(([, single, double, template]) => {
    const name = single ?? double ?? template ?? '';
    const numbers = /\bpitfalls? (\d+(?:(?:, | and )\d+)*)/.exec(name)?.[1];
    return numbers ? [{ name, pitfalls: [...numbers.matchAll(/\d+/g)].map(Number) }] : [];
  });
}

it('has a row for each pitfall, in order', () => {
  expect([...rows.keys()]).toEqual(Array.from({ length: PITFALLS }, (_, at) => at + 1));
});

it('names files of code that exist', () => {
  const missing = [...rows.values()].flatMap(({ code }) => code).filter((path) => !isFile(path));
  expect(missing).toEqual([]);
});

it('names tests that exist, word for word', () => {
  const missing = [...rows].flatMap(([number, { tests }]) =>
    [...tests].flatMap(([file, names]) => {
      const text = sources.find((source) => source.file === file)?.text;
      if (text === undefined) return [`${number}: ${file}`];
      return names.filter((name) => !text.includes(name)).map((name) => `${number}: ${name}`);
    }),
  );
  expect(missing).toEqual([]);
});

it('gives each pitfall a test of the gateway, or the reason why there is none', () => {
  const bare = [...rows].filter(([, { cell, tests }]) => {
    if (cell.startsWith(NOT_OURS)) return cell.length < NOT_OURS.length + 10;
    return ![...tests].some(([file, names]) => names.length > 0 && !file.startsWith('openrouter-simulator/'));
  });
  expect(bare.map(([number]) => number)).toEqual([]);
});

it('forgets no test that says which pitfall it holds', () => {
  const forgotten = sources.flatMap(({ file, text }) =>
    citing(text).flatMap(({ name, pitfalls }) =>
      pitfalls
        .filter((number) => !rows.get(number)?.tests.has(file))
        .map((number) => `${number}: ${name}, ${file}`),
    ),
  );
  expect(forgotten).toEqual([]);
});

function isFile(path: string): boolean {
  return existsSync(join(ROOT, 'packages', path));
}
