/** Values that would keep a service from starting, in the words of the services themselves. */
import { ok, problem, type DoctorCheck } from '../check';

export const settingsCheck: DoctorCheck = {
  id: 'settings',
  group: 'Настройки',
  title: 'значения настроек',
  run: ({ settingsProblems, config }) => {
    const findings = settingsProblems.map((text) =>
      problem(
        text.replaceAll(/\s*\n\s*/g, ' '),
        'исправьте значение; образец — .env.example, все настройки — docs/config.md',
      ),
    );
    const ports = [
      config.port,
      config.workerPort,
      ...(config.controllerUrl === '' ? [config.controllerPort] : []),
    ];
    if (new Set(ports).size < ports.length)
      findings.push(
        problem('два сервиса на одном порту', 'задайте разные OR_PORT, OR_CONTROLLER_PORT и OR_WORKER_PORT'),
      );
    return findings.length > 0 ? findings : [ok('значения настроек годятся')];
  },
};
