/** However a service is started, it is told to stay small. */
import { MEMORY_ENVIRONMENT, MEMORY_FLAGS } from '@orcestator/service-kit';
import { readText } from './repository';

const flags = MEMORY_FLAGS.join(' ');
const variables = Object.entries(MEMORY_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);

it.each(['controller', 'worker', 'api'])('pnpm %s', (name) => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  expect(scripts[name]).toContain(`node ${flags} `);
});

it.each(['controller', 'worker', 'api'])('the image of the %s', (name) => {
  const lines = readText(`Dockerfile.${name}`).split('\n');
  const commands = lines.filter((line) => line.startsWith('CMD ["node"'));
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands)
    expect(command).toContain(`"node", ${MEMORY_FLAGS.map((flag) => `"${flag}"`).join(', ')}, `);
  const environment = lines
    .filter((line) => line.startsWith('ENV '))
    .join(' ')
    .split(' ');
  expect(environment).toEqual(expect.arrayContaining(variables));
});
