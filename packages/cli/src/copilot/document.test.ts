import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copilotTable } from './config';
import { assumedModel, copilotSettings, modelGroup } from './language-models';

const document = readFileSync(join(__dirname, '../../../../docs/copilot.md'), 'utf8').replaceAll(
  '\r\n',
  '\n',
);

describe('docs/copilot.md', () => {
  it('shows what the command writes', () => {
    const blocks = [...document.matchAll(/```json\n([\s\S]*?)```/g)].map((match): unknown =>
      JSON.parse(match[1] ?? ''),
    );
    const group: unknown = JSON.parse(JSON.stringify([modelGroup('http://localhost:8000', [assumedModel])]));
    expect(blocks).toEqual([group, copilotSettings]);
  });

  it('names only flags that the command has', () => {
    const flags = Object.values(copilotTable).flatMap((option): readonly string[] => option.flags ?? []);
    const named = [
      ...document.matchAll(/orcestator copilot[^\n`]*/g),
      ...document.matchAll(/^\| `--[^\n|]*/gm),
    ].flatMap(([line]) => [...line.matchAll(/--([a-z][a-z-]*)/g)].map((match) => match[1] ?? ''));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((flag) => ![...flags, 'help', 'yes'].includes(flag))).toEqual([]);
  });
});
