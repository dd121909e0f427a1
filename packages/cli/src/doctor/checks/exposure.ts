/** Who else can spend the owner's money: the network, and pages of other sites. */
import { ok, warning, type DoctorCheck, type Finding } from '../check';

export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
}

export const exposureCheck: DoctorCheck = {
  id: 'exposure',
  group: 'Настройки',
  title: 'доступ к шлюзу',
  run: ({ config: { host, clientKeys, allowedOrigins } }) => {
    const findings: Finding[] = [];
    const isOpen = !isLoopbackHost(host) && clientKeys.length === 0;
    if (isOpen)
      findings.push(
        warning(
          `шлюз виден всей сети (OR_HOST=${host}) и ключа не спрашивает`,
          'задайте OR_HOST=127.0.0.1 или OR_CLIENT_KEYS, иначе ваши деньги сможет тратить любой сосед',
        ),
      );
    if (allowedOrigins.includes('*') && clientKeys.length === 0)
      findings.push(
        warning(
          'OR_ALLOWED_ORIGINS=* без OR_CLIENT_KEYS: к шлюзу может обратиться страница любого сайта',
          'перечислите нужные сайты или задайте OR_CLIENT_KEYS',
        ),
      );
    if (findings.length === 0)
      findings.push(
        ok(clientKeys.length > 0 ? 'шлюз ждёт ключ клиента' : 'шлюз доступен только с этой машины'),
      );
    return findings;
  },
};
