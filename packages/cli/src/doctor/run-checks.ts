/** Runs all checks at once, each for a bounded time. */
import type { Clock } from '@orcestator/service-kit';
import { warning, type DoctorCheck, type Finding } from './check';
import type { DoctorWorld } from './world';

/** Milliseconds that a check may take; the questions it asks have shorter limits of their own. */
export const CHECK_TIMEOUT_MS = 10_000;

export interface Result {
  readonly check: DoctorCheck;
  readonly findings: readonly Finding[];
}

export interface RunOptions {
  readonly clock: Clock;
  /** Called with the checks that still run, whenever one ends. */
  readonly onProgress: (running: readonly DoctorCheck[]) => void;
}

/** In the order of the table, whichever ends first. */
export async function runChecks(
  checks: readonly DoctorCheck[],
  world: DoctorWorld,
  { clock, onProgress }: RunOptions,
): Promise<Result[]> {
  const running = new Set(checks);
  onProgress([...running]);
  return Promise.all(
    checks.map(async (check) => {
      const findings = await inTime(check, world, clock);
      running.delete(check);
      onProgress([...running]);
      return { check, findings };
    }),
  );
}

async function inTime(check: DoctorCheck, world: DoctorWorld, clock: Clock): Promise<readonly Finding[]> {
  let stop = (): void => undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    const text = `${check.title}: нет ответа за ${CHECK_TIMEOUT_MS / 1000} с`;
    const timer = clock.after(CHECK_TIMEOUT_MS, () =>
      resolve([warning(text, 'повторите; не пройдёт — проверьте сеть и диск')]),
    );
    stop = () => timer.stop();
  });
  try {
    return await Promise.race([check.run(world), late]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      warning(`${check.title}: проверка не удалась (${reason})`, 'сообщите об этом разработчикам Orcestator'),
    ];
  } finally {
    stop();
  }
}
