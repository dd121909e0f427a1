/** Why the upstream cannot be reached, and what to do. */
import { errorCodeOf, setupFaultOf } from '@orcestator/service-kit';
import { problem, type Finding } from './check';

const reasons: Readonly<Record<string, readonly [text: string, remedy: string]>> = {
  ENOTFOUND: [
    'имя не найдено в DNS',
    'проверьте сеть и OR_BASE_URL; в компании может быть нужен HTTPS_PROXY',
  ],
  EAI_AGAIN: ['DNS не отвечает', 'проверьте сеть или VPN'],
  ECONNREFUSED: ['соединение отклонено', 'там никто не слушает: проверьте OR_BASE_URL и HTTPS_PROXY'],
  ECONNRESET: [
    'соединение оборвано',
    'его закрывает сеть, прокси или VPN: попробуйте HTTPS_PROXY или другую сеть',
  ],
  ETIMEDOUT: ['нет ответа', 'проверьте сеть и межсетевой экран; в компании может быть нужен HTTPS_PROXY'],
  UND_ERR_CONNECT_TIMEOUT: [
    'нет соединения',
    'проверьте сеть и межсетевой экран; в компании может быть нужен HTTPS_PROXY',
  ],
  CERT_HAS_EXPIRED: ['сертификат просрочен', 'проверьте часы компьютера; если верны — дело в прокси'],
  CERT_NOT_YET_VALID: ['сертификат ещё не действует', 'проверьте часы компьютера'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'сертификат выдан другому узлу',
    'ответил не тот сервер: проверьте OR_BASE_URL и прокси',
  ],
};

export function networkProblem(where: string, error: unknown): Finding {
  const code = errorCodeOf(error);
  // Nearly always a company's proxy or an antivirus in between.
  if (setupFaultOf(error) === 'foreign_certificate')
    return problem(
      `${where}: незнакомый сертификат (${code})`,
      'сохраните корневой сертификат компании или антивируса в файл .pem и задайте NODE_EXTRA_CA_CERTS=путь к нему',
    );
  const [text, remedy] = reasons[code] ?? ['нет связи', 'проверьте сеть, OR_BASE_URL и HTTPS_PROXY'];
  return problem(`${where}: ${text}${code === '' ? '' : ` (${code})`}`, remedy);
}
