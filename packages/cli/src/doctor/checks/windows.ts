/** What only Windows has: long paths, OneDrive, its firewall, its execution policy. */
import { ok, warning, type DoctorCheck, type Finding } from '../check';
import { isLoopbackHost } from './exposure';

/** Characters that node_modules may need below the project's folder. */
const LONGEST_FOLDER = 100;

export const windowsCheck: DoctorCheck = {
  id: 'windows',
  group: 'Среда',
  title: 'Windows',
  run: ({ platform, folder, config }) => {
    if (platform !== 'win32') return [];
    const findings: Finding[] = [];
    if (folder.length > LONGEST_FOLDER)
      findings.push(
        warning(
          `длинный путь проекта (${folder.length} знаков): Windows может не создать файлы глубже`,
          'перенесите проект ближе к корню диска, например в C:\\orcestator',
        ),
      );
    if (/\\OneDrive/i.test(folder))
      findings.push(
        warning(
          'проект лежит в OneDrive: синхронизация мешает установке и журналам',
          'перенесите его в другую папку',
        ),
      );
    if (/^\\\\/.test(folder))
      findings.push(warning('проект лежит на сетевом диске', 'перенесите его на диск этого компьютера'));
    if (!isLoopbackHost(config.host))
      findings.push(
        ok(
          'при первом запуске Windows спросит о брандмауэре: для Copilot на этой машине разрешение не нужно',
        ),
      );
    findings.push(ok('если PowerShell пишет «выполнение сценариев отключено»: вызывайте npx.cmd вместо npx'));
    return findings;
  },
};
