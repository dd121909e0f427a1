import { findUserFolders, type FolderSources } from './user-folders';

/** A machine that has these folders and files; a file's text is given, a folder's is not. */
function machine(
  platform: string,
  home: string,
  paths: Readonly<Record<string, string | undefined>>,
  env: Record<string, string> = {},
): FolderSources {
  const separator = platform === 'win32' ? '\\' : '/';
  const names = Object.keys(paths);
  const below = (folder: string): string[] => names.filter((path) => path.startsWith(folder + separator));
  return {
    platform,
    home,
    env,
    exists: (path) => names.includes(path) || below(path).length > 0,
    list: (path) => [
      ...new Set(below(path).map((name) => name.slice(path.length + 1).split(separator)[0] ?? '')),
    ],
    readText: (path) => paths[path],
  };
}

const pathsOf = (sources: FolderSources): string[] => findUserFolders(sources).map(({ path }) => path);

it('finds VS Code and Insiders on Windows, in APPDATA', () => {
  const paths = {
    'D:\\Roaming\\Code\\User\\settings.json': '',
    'D:\\Roaming\\Code - Insiders\\User\\settings.json': '',
    'C:\\Users\\Ann\\AppData\\Roaming\\Code\\User\\settings.json': '',
  };
  expect(pathsOf(machine('win32', 'C:\\Users\\Ann', paths, { APPDATA: 'D:\\Roaming' }))).toEqual([
    'D:\\Roaming\\Code\\User',
    'D:\\Roaming\\Code - Insiders\\User',
  ]);
  expect(pathsOf(machine('win32', 'C:\\Users\\Ann', paths))).toEqual([
    'C:\\Users\\Ann\\AppData\\Roaming\\Code\\User',
  ]);
});

it('names the profiles as VS Code does', () => {
  const user = 'C:\\Users\\Ann\\AppData\\Roaming\\Code\\User';
  const storage = { userDataProfiles: [{ location: '-5a1b', name: 'Work' }] };
  const sources = machine('win32', 'C:\\Users\\Ann', {
    [`${user}\\globalStorage\\storage.json`]: JSON.stringify(storage),
    [`${user}\\profiles\\-5a1b\\settings.json`]: '',
    [`${user}\\profiles\\77\\settings.json`]: '',
  });
  expect(findUserFolders(sources).map(({ profile, path }) => [profile, path])).toEqual([
    ['default', user],
    ['Work', `${user}\\profiles\\-5a1b`],
    ['77', `${user}\\profiles\\77`],
  ]);
});

it('finds it on macOS', () => {
  const user = '/Users/ann/Library/Application Support/Code/User';
  expect(pathsOf(machine('darwin', '/Users/ann', { [`${user}/settings.json`]: '' }))).toEqual([user]);
});

it('finds desktop, sandboxed and server installations on Linux', () => {
  const folders = [
    '/cfg/Code/User',
    '/home/ann/.var/app/com.visualstudio.code/config/Code/User',
    '/cfg/VSCodium/User',
    '/home/ann/.local/share/code-server/User',
    '/home/ann/.vscode-server/data/User',
  ];
  const paths = Object.fromEntries(folders.map((folder) => [`${folder}/settings.json`, '']));
  expect(pathsOf(machine('linux', '/home/ann', paths, { XDG_CONFIG_HOME: '/cfg' }))).toEqual(folders);
});

it('looks on the Windows side first under WSL', () => {
  const windows = '/mnt/c/Users/Ann/AppData/Roaming/Code/User';
  const paths = { [`${windows}/settings.json`]: '', '/home/ann/.vscode-server/data/User/x': '' };
  expect(pathsOf(machine('linux', '/home/ann', paths, { WSL_DISTRO_NAME: 'Debian' }))).toEqual([
    windows,
    '/home/ann/.vscode-server/data/User',
  ]);
  expect(pathsOf(machine('linux', '/home/ann', paths))).toEqual(['/home/ann/.vscode-server/data/User']);
});

it('finds a portable one', () => {
  const paths = { 'E:\\code\\data\\user-data\\User\\settings.json': '' };
  expect(pathsOf(machine('win32', 'C:\\Users\\Ann', paths, { VSCODE_PORTABLE: 'E:\\code\\data' }))).toEqual([
    'E:\\code\\data\\user-data\\User',
  ]);
});
