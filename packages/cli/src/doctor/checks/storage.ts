/** The traffic log and the database: can they be written, is there room. */
import { dirname, resolve } from 'node:path';
import { ok, problem, warning, type DoctorCheck, type Finding } from '../check';
import type { DoctorWorld, FileProbe } from '../world';

/** Bytes. */
const LITTLE = 1024 ** 3;
const NOTHING = 100 * 1024 ** 2;

export const storageCheck: DoctorCheck = {
  id: 'storage',
  group: 'Файлы',
  title: 'журнал, база и место на диске',
  run: async ({ config, folder, files }: DoctorWorld) => {
    const wanted = [
      { name: 'OR_LOG_FILE', path: config.logFile },
      { name: 'OR_DB_PATH', path: config.dbPath },
    ].filter(({ path }) => path !== '');
    const findings = wanted.map(({ name, path }) => writable(name, resolve(folder, path), files));
    const places = [...new Set(wanted.map(({ path }) => existing(resolve(folder, path), files)))];
    const room = await Promise.all(places.map(async (place) => roomAt(place, await files.freeBytes(place))));
    // Two paths on one disk need to be told only once.
    return [...findings, ...new Map(room.flat().map((finding) => [finding.text, finding])).values()];
  },
};

function writable(name: string, path: string, files: FileProbe): Finding {
  const remedy = `дайте права на запись или задайте другой ${name}`;
  if (files.isFolder(path)) return problem(`${name}: ${path} — это папка`, `допишите имя файла в ${name}`);
  const place = existing(path, files);
  if (place !== path && !files.isFolder(place))
    return problem(`${name}: ${place} — файл, а не папка`, `задайте другой ${name}`);
  if (!files.isWritable(place)) return problem(`${name}: в ${place} нельзя писать`, remedy);
  return ok(`${name}: ${path}`);
}

/** The path itself, or its nearest parent that is there. */
function existing(path: string, files: FileProbe): string {
  for (let at = path; ; at = dirname(at)) if (files.exists(at) || dirname(at) === at) return at;
}

function roomAt(place: string, bytes: number | undefined): Finding[] {
  if (bytes === undefined) return [];
  const free = `${(bytes / 1024 ** 3).toFixed(1)} ГБ`;
  const remedy = 'освободите место или перенесите журнал: OR_LOG_FILE';
  if (bytes < NOTHING) return [problem(`на диске почти нет места: ${free} (${place})`, remedy)];
  if (bytes < LITTLE) return [warning(`на диске мало места: ${free} (${place})`, remedy)];
  return [ok(`свободно ${free}`)];
}
