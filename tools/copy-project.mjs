// A copy of the project as git sees it: what is tracked and what is new, without what is ignored.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function copyProject(root, folder) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const list = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (list.status !== 0) throw new Error(`git ls-files: ${list.stderr}`);
  for (const path of new Set(
    list.stdout.split('\0').filter((name) => name && existsSync(join(root, name))),
  )) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
}
