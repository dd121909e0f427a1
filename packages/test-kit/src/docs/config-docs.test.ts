/** docs/config.md, .env.example and the table of the README say what the services really read. */
import { generatedFiles } from './config-docs';
import { findOption, mainVariables, shownDefault } from './config-tables';
import { readText, tableRows } from './repository';

describe('generated documents', () => {
  it.each(Object.keys(generatedFiles()))('%s is what "pnpm docs:config" writes', (path) => {
    expect(readText(path)).toBe(generatedFiles()[path]);
  });

  it('.env.example sets nothing but the key, which is empty', () => {
    const lines = readText('.env.example')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual(['OR_API_KEY=']);
  });

  it('.env.example names each variable once', () => {
    const names = [...readText('.env.example').matchAll(/^(?:# )?(\w+)=/gm)].map((match) => match[1]);
    expect(names).toEqual([...new Set(names)]);
  });
});

describe.each(['README.md', 'README.en.md'])('the table of %s', (path) => {
  const rows = tableRows(readText(path)).filter(([name]) => /^(OR|FASTCHAT)_/.test(name ?? ''));

  it('has the main variables first', () => {
    expect(rows.map(([name]) => name).slice(0, mainVariables.length)).toEqual([...mainVariables]);
  });

  it.each(rows)('shows the default of %s', (name, shown) => {
    const option = findOption(name ?? '');
    const isText = option && !option.isSecret && !option.defaultText && option.default !== '';
    expect(isText ? shown : '').toBe(isText ? shownDefault(option) : '');
  });
});
