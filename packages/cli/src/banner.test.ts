import { banner } from './banner';
import type { StackConfig } from './config';

const config: StackConfig = {
  host: '0.0.0.0',
  port: 8000,
  controllerPort: 21001,
  workerPort: 8002,
  simulatorPort: 8010,
};
const text = (parts: Partial<StackConfig>, isDemo: boolean): string =>
  banner({ config: { ...config, ...parts }, isDemo, platform: 'linux', models: ['orcestator'] });

it('points to the command that writes the Copilot settings, with the ports that it cannot know', () => {
  expect(text({}, false)).toContain('orcestator copilot --write\n');
  expect(text({ port: 9000, simulatorPort: 9010 }, true)).toContain(
    'copilot --port 9000 --demo --simulator-port 9010 --write\n',
  );
});

it('shows the entry of chatLanguageModels.json itself', () => {
  const shown = text({ host: '192.168.1.5', port: 9000 }, false);
  const json = /^ {2}\[\n[\s\S]*?^ {2}\]/m.exec(shown)?.[0] ?? '';
  expect(JSON.parse(json)).toMatchObject([
    {
      vendor: 'customendpoint',
      models: [{ id: 'orcestator', url: 'http://192.168.1.5:9000/v1/chat/completions' }],
    },
  ]);
});
