/** Where VS Code keeps `settings.json` and `chatLanguageModels.json`: each product and each profile has its own folder. */
import { posix, win32 } from 'node:path';
import { isRecord } from '@orcestator/protocol';

/** The machine, given so that tests need none. */
export interface FolderSources {
  /** `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly exists: (path: string) => boolean;
  /** Names in a folder; empty where it cannot be read. */
  readonly list: (path: string) => readonly string[];
  /** `undefined` where there is no such file. */
  readonly readText: (path: string) => string | undefined;
}

export interface UserFolder {
  /** What `--product` takes. */
  readonly product: string;
  readonly productName: string;
  /** What `--profile` takes: `default`, or the name in VS Code's list of profiles. */
  readonly profile: string;
  readonly path: string;
}

export const DEFAULT_PROFILE = 'default';

interface Product {
  readonly id: string;
  readonly name: string;
  /** Folder below the applications' settings. */
  readonly desktop?: string;
  /** Folders below the home folder, of servers. */
  readonly server?: readonly string[];
}

const products: readonly Product[] = [
  { id: 'code', name: 'VS Code', desktop: 'Code' },
  { id: 'insiders', name: 'VS Code Insiders', desktop: 'Code - Insiders' },
  { id: 'vscodium', name: 'VSCodium', desktop: 'VSCodium' },
  { id: 'oss', name: 'Code - OSS', desktop: 'Code - OSS' },
  { id: 'code-server', name: 'code-server', server: ['.local/share/code-server/User'] },
  {
    id: 'server',
    name: 'VS Code Server (Remote, WSL)',
    server: ['.vscode-server/data/User', '.vscode-remote/data/User'],
  },
  { id: 'server-insiders', name: 'VS Code Server Insiders', server: ['.vscode-server-insiders/data/User'] },
];

export const productIds = products.map(({ id }) => id);

/** Every user folder that exists, the likeliest first. */
export function findUserFolders(sources: FolderSources): UserFolder[] {
  const path = sources.platform === 'win32' ? win32 : posix;
  const found: UserFolder[] = [];
  const add = ({ id: product, name: productName }: Product, folder: string): void => {
    if (found.some((other) => other.path === folder) || !sources.exists(folder)) return;
    const own = { product, productName };
    found.push({ ...own, profile: DEFAULT_PROFILE, path: folder });
    for (const profile of profilesOf(folder, sources)) found.push({ ...own, ...profile });
  };
  for (const product of products) {
    for (const base of product.desktop ? applicationFolders(sources) : [])
      add(product, path.join(base, product.desktop ?? '', 'User'));
    for (const below of product.server ?? []) add(product, path.join(sources.home, ...below.split('/')));
  }
  const portable = sources.env.VSCODE_PORTABLE;
  const [code] = products;
  if (portable && code) add(code, path.join(portable, 'user-data', 'User'));
  return found;
}

/** Below which folders the products of this system keep theirs. */
function applicationFolders({ platform, env, home, list }: FolderSources): string[] {
  if (platform === 'win32') return [env.APPDATA || win32.join(home, 'AppData', 'Roaming')];
  if (platform === 'darwin') return [posix.join(home, 'Library', 'Application Support')];
  const own = env.XDG_CONFIG_HOME || posix.join(home, '.config');
  const sandboxed = ['com.visualstudio.code', 'com.vscodium.codium'].map((app) =>
    posix.join(home, '.var/app', app, 'config'),
  );
  if (!env.WSL_DISTRO_NAME) return [own, ...sandboxed];
  // Under WSL the window, and with it the user's settings, is on the Windows side.
  const windows = list('/mnt/c/Users').map((user) => posix.join('/mnt/c/Users', user, 'AppData/Roaming'));
  return [...windows, own, ...sandboxed];
}

/** Profiles with settings of their own; VS Code lists them in `globalStorage/storage.json`. */
function profilesOf(
  folder: string,
  { platform, list, readText }: FolderSources,
): { profile: string; path: string }[] {
  const path = platform === 'win32' ? win32 : posix;
  const names = profileNames(readText(path.join(folder, 'globalStorage', 'storage.json')));
  const ids = list(path.join(folder, 'profiles'));
  return ids.map((id) => ({ profile: names.get(id) ?? id, path: path.join(folder, 'profiles', id) }));
}

function profileNames(storage: string | undefined): Map<string, string> {
  try {
    const content: unknown = JSON.parse(storage ?? '{}');
    const profiles =
      isRecord(content) && Array.isArray(content.userDataProfiles) ? content.userDataProfiles : [];
    const pairs = profiles.filter(isRecord).map(({ location, name }): [unknown, unknown] => [location, name]);
    return new Map(
      pairs.filter((pair): pair is [string, string] => pair.every((part) => typeof part === 'string')),
    );
  } catch {
    return new Map();
  }
}
