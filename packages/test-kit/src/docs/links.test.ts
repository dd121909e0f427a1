/** What the documents point at exists: files, scripts, variables, sections of docs that the code cites. */
import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { allVariables } from './config-tables';
import { codeOf, documents, filesBelow, packageFolders, readText, ROOT } from './repository';

const scripts = Object.keys((JSON.parse(readText('package.json')) as { scripts: object }).scripts);
/** pnpm's own commands, which need no script. */
const builtIn = ['install'];
/** What docker-compose.yml reads by itself. */
const composeVariables = [...readText('docker-compose.yml').matchAll(/\bOR_[A-Z][A-Z0-9_]*/g)].map(
  ([name]) => name,
);

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));
}

function brokenLinks(path: string): string[] {
  const links = [...readText(path).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return links.filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : posix.normalize(posix.join(dirname(path), file));
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(readText(target)).includes(anchor);
  });
}

describe.each(documents())('%s', (path) => {
  const text = readText(path);

  it('links to nothing that is not there', () => {
    expect(brokenLinks(path)).toEqual([]);
  });

  it('names only files of packages that exist', () => {
    const names = [...text.matchAll(/\bpackages\/[\w./-]*[\w/]/g)].map(([name]) => name);
    expect(names.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  it('names only scripts that exist', () => {
    const calls = codeOf(text).flatMap((code) => [
      ...code.matchAll(/(?:\bpnpm(?:@\d+)?|\bnpm run)[ \t]+([a-z][\w:-]*)/g),
    ]);
    const names = calls.map((match) => match[1] ?? '');
    expect(names.filter((name) => !scripts.includes(name) && !builtIn.includes(name))).toEqual([]);
  });

  it('names only variables that some process reads', () => {
    const names = [...text.matchAll(/\b(?:OR|FASTCHAT)_[A-Z][A-Z0-9_]*/g)].map(([name]) => name);
    const known = new Set([...allVariables(), ...(path === 'INSTALL_docker.md' ? composeVariables : [])]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('what comments in the code cite', () => {
  const sources = packageFolders().flatMap((name) => filesBelow(`packages/${name}/src`, '.ts'));
  const sectionsOf = (path: string): string[] =>
    [...readText(path).matchAll(/^#+ §?([\d.]*\d)\b/gm)].map((match) => match[1] ?? '');

  it.each(['openrouter.md', 'clients.md'])('is a section of docs/%s', (name) => {
    const sections = sectionsOf(`docs/${name}`);
    const cited = sources.flatMap((path) =>
      [
        ...readText(path).matchAll(new RegExp(`${name.replace('.', '\\.')} ((?:,? ?§[\\d.]*\\d)+)`, 'g')),
      ].flatMap((match) =>
        [...(match[1] ?? '').matchAll(/[\d.]*\d/g)].map(([section]) => `${section} in ${path}`),
      ),
    );
    expect(cited.length).toBeGreaterThan(0);
    expect(cited.filter((place) => !sections.includes(place.split(' ')[0] ?? ''))).toEqual([]);
  });

  it('is a pitfall of docs/openrouter.md', () => {
    const section =
      readText('docs/openrouter.md')
        .split(/^## /m)
        .find((part) => part.startsWith('10.')) ?? '';
    const known = [...section.matchAll(/^\| (\d+) \|/gm)].map((match) => match[1]);
    const cited = sources.flatMap((path) =>
      [...readText(path).matchAll(/pitfalls? ((?:\d+(?:, | and )?)+)/gi)].flatMap((match) =>
        [...(match[1] ?? '').matchAll(/\d+/g)].map(([number]) => number),
      ),
    );
    expect(known).toHaveLength(48);
    expect(cited.length).toBeGreaterThan(20);
    expect(cited.filter((number) => !known.includes(number))).toEqual([]);
  });
});
