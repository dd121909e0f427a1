/** The clock against the upstream's `Date` header: TLS and logs both rely on it. */
import { ok, problem, warning, type DoctorCheck } from '../check';

/** Seconds. */
const NOTICEABLE = 60;
const HARMFUL = 600;

export const clockCheck: DoctorCheck = {
  id: 'clock',
  group: 'Среда',
  title: 'часы',
  run: async ({ askUpstream, now }) => {
    const headers = await askUpstream('/models').then(
      (answer) => answer.headers,
      () => undefined,
    );
    const date = Date.parse(String(headers?.date));
    if (Number.isNaN(date)) return [];
    // A cached answer carries the date at which it was made.
    const age = Number(headers?.age ?? 0) || 0;
    const skew = Math.round((now().getTime() - date) / 1000);
    const off = skew > 0 ? Math.max(0, skew - age) : -skew;
    const remedy = 'включите установку времени по сети (Windows: «Параметры», «Время и язык»)';
    if (off > HARMFUL)
      return [problem(`часы отличаются от сервера на ${off} с: сертификаты могут не приниматься`, remedy)];
    if (off > NOTICEABLE) return [warning(`часы отличаются от сервера на ${off} с`, remedy)];
    return [ok('часы идут верно')];
  },
};
