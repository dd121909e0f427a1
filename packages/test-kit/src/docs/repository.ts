/** The repository as its documents see it: where it is, which texts it has, what their tables and code say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Four folders up, from `src/docs` and from `dist/docs` alike. */
export const ROOT = join(__dirname, '..', '..', '..', '..');

/** A file of the repository with LF line ends, whatever the checkout made of them. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8').replaceAll('\r\n', '\n');
}

/** Files below `folder` with this ending, as paths from the root with forward slashes. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith(ending))
    .sort();
}

/** The documents: the two README files, how to install, and everything in docs/. */
export function documents(): string[] {
  const installs = ['INSTALL_docker.md', 'INSTALL_win11_no_docker.md'];
  return ['README.md', 'README.en.md', ...installs, ...filesBelow('docs', '.md')];
}

/** Names of the packages' folders. */
export function packageFolders(): string[] {
  return readdirSync(join(ROOT, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The rows of all tables of a document, without their heads; cells without back quotes. */
export function tableRows(markdown: string): string[][] {
  const lines = markdown.split('\n');
  const isRule = (line: string | undefined): boolean => /^\|[\s:|-]+\|$/.test(line ?? '');
  return lines
    .filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

/** Whatever a document shows as code: fenced blocks and text in back quotes. */
export function codeOf(markdown: string): string[] {
  const fence = /^```[^\n]*\n([\s\S]*?)^```/gm;
  const blocks = [...markdown.matchAll(fence)].map((match) => match[1] ?? '');
  const spans = [...markdown.replace(fence, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return [...blocks, ...spans];
}
