/** Node.js: old enough to be known, new enough to work, still maintained. */
import { ok, problem, warning, type DoctorCheck, type Finding } from '../check';

const MINIMUM = [20, 19] as const;
/** Last day of each long-term line (nodejs.org/en/about/previous-releases). */
const endOfLife: Readonly<Record<number, string>> = { 20: '2026-04-30', 22: '2027-04-30', 24: '2028-04-30' };
const ADVICE = 'поставьте Node.js 24 LTS: https://nodejs.org или winget install OpenJS.NodeJS.LTS';

export const nodeCheck: DoctorCheck = {
  id: 'node',
  group: 'Среда',
  title: 'Node.js',
  run: ({ nodeVersion, arch, platform, env, now, files }) => {
    const findings: Finding[] = [versionFinding(nodeVersion, now())];
    if (arch === 'ia32') findings.push(warning('Node.js 32-битный: памяти хватит не всегда', ADVICE));
    if (arch === 'arm' && platform === 'linux')
      findings.push(
        warning('Node.js для 32-битного ARM', 'для аудита в SQLite может не найтись готовой сборки'),
      );
    if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
      findings.push(
        warning(
          'NODE_TLS_REJECT_UNAUTHORIZED=0: сертификаты не проверяются, ключ могут перехватить',
          'уберите эту переменную; своему сертификату доверяют через NODE_EXTRA_CA_CERTS',
        ),
      );
    const extra = env.NODE_EXTRA_CA_CERTS;
    if (extra && !files.exists(extra))
      findings.push(
        problem(`NODE_EXTRA_CA_CERTS: файла ${extra} нет`, 'исправьте путь или уберите переменную'),
      );
    return findings;
  },
};

function versionFinding(version: string, now: Date): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1]))
    return problem(`Node.js ${version} слишком старый: нужен ${MINIMUM.join('.')} или новее`, ADVICE);
  if (major % 2 === 1)
    return warning(`Node.js ${version} — промежуточный выпуск, его быстро перестают чинить`, ADVICE);
  const end = endOfLife[major];
  if (end !== undefined && now > new Date(end))
    return warning(`Node.js ${version} работает, но с ${end} его больше не чинят`, ADVICE);
  return ok(`Node.js ${version}`);
}
