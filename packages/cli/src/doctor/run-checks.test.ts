import { createManualClock } from '@orcestator/service-kit/testing';
import { ok, problem, warning, type DoctorCheck, type Finding } from './check';
import { countOf, hasUnicode, render, renderJson } from './render';
import { CHECK_TIMEOUT_MS, runChecks } from './run-checks';
import { createTestWorld } from './testing';

const check = (id: string, run: DoctorCheck['run'], group: DoctorCheck['group'] = 'Среда'): DoctorCheck => ({
  id,
  group,
  title: `title of ${id}`,
  run,
});
const none = (): void => undefined;

it('keeps the order of the table whichever ends first, and tells what still runs', async () => {
  let release = (_findings: Finding[]): void => undefined;
  const slow = check('slow', () => new Promise((resolve) => (release = resolve)));
  const fast = check('fast', () => [ok('fast')]);
  const seen: string[] = [];
  const done = runChecks([slow, fast], createTestWorld(), {
    clock: createManualClock(),
    onProgress: (running) => {
      seen.push(running.map(({ id }) => id).join('+'));
      if (seen.at(-1) === 'slow') release([ok('slow')]);
    },
  });
  expect((await done).map((result) => result.findings[0]?.text)).toEqual(['slow', 'fast']);
  expect(seen).toEqual(['slow+fast', 'slow', '']);
});

it('waits for no check longer than its time, and survives one that throws', async () => {
  const clock = createManualClock();
  const checks = [
    check('hangs', () => new Promise(() => undefined)),
    check('throws', () => {
      throw new Error('unforeseen');
    }),
  ];
  const done = runChecks(checks, createTestWorld(), { clock, onProgress: none });
  await clock.advance(CHECK_TIMEOUT_MS);
  const texts = (await done).map((result) => result.findings[0]?.text);
  expect(texts).toEqual([
    'title of hangs: нет ответа за 10 с',
    'title of throws: проверка не удалась (unforeseen)',
  ]);
  expect(clock.pending()).toBe(0);
});

describe('what is shown', () => {
  const results = [
    { check: check('a', () => []), findings: [ok('fine'), warning('odd', 'mend it')] },
    { check: check('b', () => [], 'Copilot'), findings: [problem('broken', 'replace it')] },
    { check: check('c', () => [], 'Файлы'), findings: [] },
  ];

  it('is grouped, aligned and pure ASCII apart from the words where the console may lack the marks', () => {
    expect(render(results, { hasColours: false, hasUnicode: false })).toBe(`Среда
  [ok] fine
  [! ] odd
       -> mend it

Copilot
  [XX] broken
       -> replace it

Неполадок: 1, предупреждений: 1.`);
  });

  it('has marks and colours where the terminal has them', () => {
    const text = render(results, { hasColours: true, hasUnicode: true });
    expect(text).toContain('  \u001b[32m✓\u001b[0m fine\n');
    expect(text).toContain('\n    → mend it');
  });

  it.each([
    [{ LANG: 'ru_RU.UTF-8' }, 'linux', true],
    [{ LANG: 'ru_RU.KOI8-R' }, 'linux', false],
    [{}, 'linux', false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, 'linux', false],
    [{ LANG: 'ru_RU.UTF-8' }, 'win32', false],
    [{ WT_SESSION: '1' }, 'win32', true],
  ])('%j on %s has marks: %p', (env, platform, expected) => {
    expect(hasUnicode(env, platform)).toBe(expected);
  });

  it('is JSON for scripts', () => {
    expect(JSON.parse(renderJson(results))).toMatchObject({
      ok: false,
      problems: 1,
      warnings: 1,
      findings: [
        { check: 'a', level: 'ok' },
        { check: 'a', level: 'warning', remedy: 'mend it' },
        { check: 'b', group: 'Copilot' },
      ],
    });
    expect(countOf(results.slice(0, 1))).toEqual({ problems: 0, warnings: 1 });
  });
});
