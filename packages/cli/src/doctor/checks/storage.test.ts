import { findingsOf } from '../testing';
import type { FileProbe } from '../world';
import { sqliteCheck } from './sqlite';
import { storageCheck } from './storage';

const GIGABYTE = 1024 ** 3;

/** A disk on which only these folders and files are. */
function disk(
  folders: readonly string[],
  texts: readonly string[] = [],
  parts: Partial<FileProbe> = {},
): FileProbe {
  return {
    exists: (path) => folders.includes(path) || texts.includes(path),
    isFolder: (path) => folders.includes(path),
    isWritable: () => true,
    freeBytes: () => Promise.resolve(5 * GIGABYTE),
    ...parts,
  };
}

it('takes paths from the root of the project, and tells the room once', async () => {
  const files = disk(['/', '/project']);
  expect(await findingsOf(storageCheck, { files, config: { dbPath: 'data/audit.db' } })).toEqual([
    'ok: OR_LOG_FILE: /project/logs/traffic.log',
    'ok: OR_DB_PATH: /project/data/audit.db',
    'ok: свободно 5.0 ГБ',
  ]);
});

it.each([
  ['a folder', disk(['/', '/project', '/project/logs/traffic.log']), 'это папка'],
  ['below a file', disk(['/', '/project'], ['/project/logs']), 'файл, а не папка'],
  ['not writable', disk(['/', '/project'], [], { isWritable: () => false }), 'нельзя писать'],
])('a log that is %s is a problem', async (_name, files, text) => {
  expect((await findingsOf(storageCheck, { files }))[0]).toMatch(
    new RegExp(`^problem: OR_LOG_FILE: .*${text}`),
  );
});

it.each([
  [0.05 * GIGABYTE, /problem: на диске почти нет места/],
  [0.5 * GIGABYTE, /warning: на диске мало места/],
  [undefined, /^ok: OR_LOG_FILE[^\n]*$/],
])('%p bytes left', async (bytes, expected) => {
  const files = disk(['/', '/project'], [], { freeBytes: () => Promise.resolve(bytes) });
  expect((await findingsOf(storageCheck, { files })).join('\n')).toMatch(expected);
});

it('needs SQLite only where there is a database', async () => {
  const loadSqlite = (): never => {
    throw new Error('Could not locate the bindings file.\nTried: …');
  };
  expect(await findingsOf(sqliteCheck, { loadSqlite })).toEqual([]);
  const [finding] = await findingsOf(sqliteCheck, { loadSqlite, config: { dbPath: 'a.db' } });
  expect(finding).toMatch(/^problem: .*\(Could not locate the bindings file\.\) -> .*install --force/);
  expect((await findingsOf(sqliteCheck, { config: { dbPath: 'a.db' } }))[0]).toMatch(/^ok/);
});
