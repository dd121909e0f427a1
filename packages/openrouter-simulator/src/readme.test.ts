/** README.md lists every scenario and modifier, and no others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modifierNames } from './scenario-id';
import { scenarios } from './scenarios';

const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
const rows = (prefix: string): [string, string][] =>
  [...readme.matchAll(/^\| `([^`]+)` +\| (.+?) +\|$/gm)]
    .map(([, name = '', about = '']): [string, string] => [name, about])
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, about]) => [name.slice(prefix.length), about]);

it('has the row of each scenario, in the order of the table', () => {
  expect(rows('sim/')).toEqual(Object.entries(scenarios).map(([name, { about }]) => [name, about]));
});

it('has a row for each modifier', () => {
  expect(rows('+').map(([name]) => name.replace(/:.*/, ''))).toEqual(modifierNames);
});
