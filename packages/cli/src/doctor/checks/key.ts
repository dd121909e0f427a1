/** The key: its form, and what `GET /key` says of it (openrouter.md §1.3). The key itself is never shown. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { ok, problem, warning, type DoctorCheck, type Finding } from '../check';
import { isOpenRouterHost, mayHaveKey } from '../../upstream-client';

const KEYS = 'https://openrouter.ai/settings/keys';
/** US dollars. */
const LITTLE = 1;

export const keyCheck: DoctorCheck = {
  id: 'key',
  group: 'OpenRouter',
  title: 'ключ',
  run: async ({ config, askUpstream, now }) => {
    const { apiKey, baseUrl, defaultModel } = config;
    if (apiKey === '') {
      if (!isOpenRouterHost(baseUrl))
        return [ok('ключ не задан: сервер не OpenRouter, может быть, ему и не нужен')];
      return [
        problem(
          'ключа нет (OR_API_KEY)',
          `создайте его на ${KEYS} и впишите в .env; без ключа есть npx --yes pnpm@12 demo`,
        ),
      ];
    }
    const wrong = formProblem(apiKey, baseUrl);
    if (wrong) return [wrong];
    if (!mayHaveKey(apiKey, baseUrl))
      return [
        warning(
          'ключ OpenRouter, а OR_BASE_URL — другой сервер: ключ ему не посылается',
          'задайте в OR_API_KEY ключ того сервера',
        ),
      ];
    try {
      const { status, body } = await askUpstream('/key');
      if (status === 401 || status === 403)
        return [
          problem(
            'сервер не принял ключ',
            `создайте новый на ${KEYS}, впишите в .env и перезапустите воркер`,
          ),
        ];
      const data = isRecord(body) && isRecord(body.data) ? body.data : undefined;
      if (status !== 200 || !data) return [ok('ключ задан; проверить его этот сервер не даёт')];
      return accountFindings(data, defaultModel, now());
    } catch {
      return [warning('ключ не проверен: нет связи', 'сначала устраните неполадку связи')];
    }
  },
};

function formProblem(key: string, baseUrl: string): Finding | undefined {
  if (/[\s"'«»“”]/.test(key))
    return problem(
      'в ключе лишние знаки: кавычка или пробел',
      'впишите ключ без кавычек, как он был показан',
    );
  if (!/^[\x21-\x7e]+$/.test(key))
    return problem('в ключе не латинские буквы', `скопируйте ключ ещё раз или создайте новый на ${KEYS}`);
  if (/\.\.\.|…$/.test(key))
    return problem('вместо ключа стоит образец', `создайте ключ на ${KEYS} и впишите целиком`);
  if (isOpenRouterHost(baseUrl) && !key.startsWith('sk-or-'))
    return problem(
      'это не ключ OpenRouter: те начинаются с sk-or-',
      `создайте ключ на ${KEYS}; для другого сервера задайте OR_BASE_URL`,
    );
  return undefined;
}

function accountFindings(data: JsonRecord, model: string, now: Date): Finding[] {
  const findings: Finding[] = [];
  const left = data.limit_remaining;
  if (data.is_management_key === true || data.is_provisioning_key === true)
    findings.push(
      problem('это ключ управления, отвечать по нему модели не будут', `создайте обычный ключ на ${KEYS}`),
    );
  if (typeof left === 'number' && left <= 0)
    findings.push(problem('предел ключа исчерпан', `увеличьте его на ${KEYS} или создайте другой ключ`));
  else if (typeof left === 'number' && left < LITTLE)
    findings.push(warning(`по ключу осталось ${dollars(left)}`, `увеличьте предел на ${KEYS}`));
  if (data.is_free_tier === true)
    findings.push(
      model.endsWith(':free')
        ? warning(
            'счёт не пополнялся: бесплатным моделям — 20 запросов в минуту и 50 в день',
            'больше даст пополнение: https://openrouter.ai/settings/credits',
          )
        : problem(
            `счёт не пополнялся, а ${model} платная`,
            'пополните счёт: https://openrouter.ai/settings/credits или возьмите модель с :free',
          ),
    );
  const end = typeof data.expires_at === 'string' ? new Date(data.expires_at) : undefined;
  if (end && end <= now)
    findings.push(problem(`ключ истёк ${data.expires_at as string}`, `создайте новый на ${KEYS}`));
  else if (end && end.getTime() - now.getTime() < 7 * 86_400_000)
    findings.push(warning(`ключ истекает ${data.expires_at as string}`, `создайте новый на ${KEYS}`));
  if (findings.some(({ level }) => level === 'problem')) return findings;
  return [ok(`ключ принят; ${limitText(data)}`), ...findings];
}

function limitText({ limit, limit_remaining: left, usage }: JsonRecord): string {
  const used = typeof usage === 'number' ? `истрачено ${dollars(usage)}` : 'расход неизвестен';
  if (typeof left !== 'number') return `${used}, своего предела у ключа нет`;
  return `${used}, осталось ${dollars(left)}${typeof limit === 'number' ? ` из ${dollars(limit)}` : ''}`;
}

function dollars(value: number): string {
  return `$${value.toFixed(2)}`;
}
