/** Line ends and byte order marks: Linux images and shells choke on CRLF, cmd on LF, Windows PowerShell 5 on Cyrillic without a BOM. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './repository';

const isForWindows = (path: string): boolean => /\.(bat|cmd|ps1)$/.test(path);

/** Tracked paths with what git says of them, such as `i/lf w/crlf attr/text eol=crlf`; none outside a git checkout. */
function trackedFiles(): { path: string; stored: string; attributes: string }[] {
  if (!existsSync(join(ROOT, '.git'))) return [];
  const lines = execFileSync('git', ['ls-files', '-z', '--eol'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
  return lines.filter(Boolean).map((line) => {
    const [facts = '', path = ''] = line.split('\t');
    const [stored = '', , ...attributes] = facts.trim().split(/\s+/);
    return { path, stored, attributes: attributes.join(' ') };
  });
}

const files = trackedFiles();
if (files.length === 0) process.stderr.write('line ends are not tested: this is no git checkout\n');

it('git keeps no CRLF', () => {
  expect(files.filter(({ stored }) => /crlf|mixed/.test(stored)).map(({ path }) => path)).toEqual([]);
});

it('a checkout has LF, but CRLF in what Windows itself reads', () => {
  const wrong = files.filter(({ path, stored, attributes }) => {
    if (stored === 'i/-text' || attributes.includes('-text')) return false;
    return !attributes.includes(isForWindows(path) ? 'eol=crlf' : 'eol=lf');
  });
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

it('a PowerShell script with Cyrillic letters starts with a byte order mark', () => {
  const scripts = files.map(({ path }) => path).filter((path) => path.endsWith('.ps1'));
  const texts = scripts.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
  expect(
    texts.filter(({ text }) => /[^\0-\x7f]/.test(text) && !text.startsWith('\uFEFF')).map(({ path }) => path),
  ).toEqual([]);
});
