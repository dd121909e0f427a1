/** Which of the found folders is meant: the only one, or the one that the flags name. */
import { DEFAULT_PROFILE, findUserFolders, type FolderSources, type UserFolder } from './user-folders';

export interface Wish {
  readonly userDir: string;
  readonly product: string;
  readonly profile: string;
}

/** Either the folder, or what to tell the user (Russian). */
export type Choice =
  { readonly ok: true; readonly path: string } | { readonly ok: false; readonly text: string };

export function chooseFolder(wish: Wish, sources: FolderSources): Choice {
  if (wish.userDir !== '') {
    if (sources.exists(wish.userDir)) return { ok: true, path: wish.userDir };
    return {
      ok: false,
      text: `--user-dir: папки ${wish.userDir} нет. Запустите VS Code один раз или проверьте путь.`,
    };
  }
  const all = findUserFolders(sources);
  const meant = all.filter(
    ({ product, profile }) =>
      (wish.product === '' || product === wish.product) && (wish.profile === '' || profile === wish.profile),
  );
  const [only] = meant;
  if (only && meant.length === 1) return { ok: true, path: only.path };
  if (all.length === 0)
    return {
      ok: false,
      text: 'Папка настроек VS Code не найдена. Запустите VS Code один раз или укажите её: --user-dir "…/Code/User".',
    };
  const title = meant.length === 0 ? 'Такого VS Code или профиля нет. Есть:' : 'Нашлось несколько, выберите:';
  return {
    ok: false,
    text: [title, ...(meant.length === 0 ? all : meant).map((folder) => line(folder, all))].join('\n'),
  };
}

/** The flags that name this folder and no other. */
function line({ product, productName, profile, path }: UserFolder, all: readonly UserFolder[]): string {
  const sameNames = all.filter((other) => other.product === product && other.profile === profile).length;
  const flags = sameNames > 1 ? `--user-dir "${path}"` : `--product ${product} --profile "${profile}"`;
  const title = profile === DEFAULT_PROFILE ? productName : `${productName}, профиль «${profile}»`;
  return `  ${flags}\n      ${title}: ${path}`;
}
