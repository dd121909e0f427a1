/** Can the upstream be reached at all: DNS, TLS, proxy, and is it an API that answers. */
import { isRecord } from '@orcestator/protocol';
import { readModelList } from '../../copilot/model-facts';
import { networkProblem } from '../network-reason';
import { ok, problem, warning, type DoctorCheck, type Finding } from '../check';
import type { DoctorConfig } from '../config';

export const upstreamCheck: DoctorCheck = {
  id: 'upstream',
  group: 'OpenRouter',
  title: 'связь с OpenRouter',
  run: async ({ config, askUpstream }) => [
    ...proxyFindings(config),
    ...(await reach(config.baseUrl, askUpstream)),
  ],
};

async function reach(
  baseUrl: string,
  ask: (path: '/models') => Promise<{ status: number; body: unknown }>,
): Promise<Finding[]> {
  try {
    const { status, body } = await ask('/models');
    if (readModelList(body).length > 0) return [ok(`${baseUrl} отвечает`)];
    if (status === 401 || status === 403)
      return [ok(`${baseUrl} отвечает, но список моделей без ключа не даёт`)];
    if (!isRecord(body) && /openrouter\.ai\/?(v1)?$/.test(baseUrl))
      return [problem(`${baseUrl}: это сайт, а не API`, 'задайте OR_BASE_URL=https://openrouter.ai/api/v1')];
    if (!isRecord(body))
      return [
        problem(
          `${baseUrl}: отвечает страница, а не API (статус ${status})`,
          'проверьте OR_BASE_URL; в чужой сети сначала войдите в неё через браузер',
        ),
      ];
    return [
      warning(
        `${baseUrl}: списка моделей нет (статус ${status})`,
        'проверьте OR_BASE_URL: обычно адрес кончается на /v1',
      ),
    ];
  } catch (error) {
    return [networkProblem(baseUrl, error)];
  }
}

function proxyFindings({ httpsProxy, httpProxy }: Readonly<DoctorConfig>): Finding[] {
  return Object.entries({ HTTPS_PROXY: httpsProxy, HTTP_PROXY: httpProxy })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => {
      if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
        return problem(`${name}: это не адрес прокси`, `пишите ${name}=http://узел:порт`);
      // Without the name and password that may stand in it.
      return ok(`${name}: через ${new URL(value).host}`);
    });
}
