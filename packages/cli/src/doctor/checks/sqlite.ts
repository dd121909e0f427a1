/** The audit database needs a native module: was it built or fetched for this machine. */
import { ok, problem, type DoctorCheck } from '../check';

export const sqliteCheck: DoctorCheck = {
  id: 'sqlite',
  group: 'Файлы',
  title: 'SQLite',
  run: ({ config, loadSqlite }) => {
    if (config.dbPath === '') return [];
    try {
      loadSqlite();
      return [ok('модуль SQLite загружается')];
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      return [
        problem(
          `OR_DB_PATH задан, а модуль sqlite3 не загружается (${reason.slice(0, 120)})`,
          'выполните npx --yes pnpm@12 install --force; не скачивается — уберите OR_DB_PATH, остальное работает и без базы',
        ),
      ];
    }
  },
};
