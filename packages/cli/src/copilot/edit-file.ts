/** Changes files of the user: looked at first, all or none broken, a backup each, written in one step. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errorCodeOf } from '@orcestator/service-kit';
import { BrokenJsonError, JsonDocument } from './json-document';

/** What is to become of one file. */
export interface FilePlan {
  readonly path: string;
  /** Empty where there is no such file yet. */
  readonly before: string;
  readonly after: string;
  /** The user's own file: what it was is kept beside it. */
  readonly isUsers: boolean;
}

/** The file is not what VS Code would read; says where and what to do. */
export class UnreadableFileError extends Error {}

/** Reads the file and says what `edit` makes of it; nothing is written. Throws {@link UnreadableFileError}. */
export function planFile(path: string, empty: '[]' | '{}', edit: (document: JsonDocument) => void): FilePlan {
  const before = readJsonText(path);
  const document = openDocument(path, before, empty);
  const isNew = before === '';
  const untouched = document.toString();
  edit(document);
  const after = document.toString();
  // A file that would hold nothing but the empty value is not made at all.
  return { path, before, after: isNew && after === untouched ? '' : after, isUsers: true };
}

/** The same for a file that is ours from its first line to its last; an empty text removes it. */
export function planText(path: string, after: string): FilePlan {
  return { path, before: existsSync(path) ? readFileSync(path, 'utf8') : '', after, isUsers: false };
}

/** The document in a file, for those who only look. Throws {@link UnreadableFileError}. */
export function readDocument(path: string, empty: '[]' | '{}'): JsonDocument {
  return openDocument(path, readJsonText(path), empty);
}

function readJsonText(path: string): string {
  if (!existsSync(path)) return '';
  const bytes = readFileSync(path);
  try {
    // A zero byte is valid UTF-8, but here it means UTF-16.
    if (!bytes.includes(0)) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Whatever it is, writing it back as UTF-8 would destroy its letters.
  }
  throw new UnreadableFileError(
    `${path}: это не UTF-8. Откройте файл в VS Code и сохраните в кодировке UTF-8.`,
  );
}

function openDocument(path: string, text: string, empty: '[]' | '{}'): JsonDocument {
  try {
    return new JsonDocument(text, empty);
  } catch (error) {
    if (!(error instanceof BrokenJsonError)) throw error;
    throw new UnreadableFileError(
      `${path}:${error.line}:${error.column}: файл не разбирается (${error.message}). Исправьте это место и повторите; файл не изменён.`,
    );
  }
}

/** Writes the plan; resolves with the backup's path, or `undefined` when there was nothing to keep. */
export function writePlan({ path, before, after, isUsers }: FilePlan, now: Date): string | undefined {
  // Behind a link the real file is replaced, so that the link stays.
  const target = existsSync(path) ? realpathSync(path) : path;
  mkdirSync(dirname(target), { recursive: true });
  const backup = isUsers && existsSync(target) ? freeName(`${path}.bak-${stampOf(now)}`) : undefined;
  if (backup !== undefined) copyFileSync(target, backup);
  if (existsSync(target) && readFileSync(target, 'utf8') !== before)
    throw new UnreadableFileError(`${path}: файл изменился, пока его читали. Повторите.`);
  if (after === '') rmSync(target, { force: true });
  else replaceFile(target, after);
  return backup;
}

/** Written beside and renamed: a VS Code that watches the file sees the old one or the new one, never a half. */
function replaceFile(path: string, text: string): void {
  const fresh = freeName(`${path}.new`);
  const mode = existsSync(path) ? statSync(path).mode : 0o600;
  try {
    writeFileSync(fresh, text, { mode });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    // Windows refuses to replace a file that another program holds open; writing into it is allowed.
    if (!['EPERM', 'EBUSY', 'EACCES'].includes(errorCodeOf(error))) throw error;
    writeFileSync(path, text);
  }
}

function freeName(wanted: string): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!existsSync(name)) return name;
  }
}

/** `20261126T112233Z`: sorts by time, and no character of it is special on Windows. */
function stampOf(now: Date): string {
  return now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
