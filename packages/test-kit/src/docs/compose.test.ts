/** docker-compose.yml passes every setting of .env.example on: one that is forgotten there would be ignored without a word. */
import { readText } from './repository';

/** What the compose file fixes itself, or what makes no sense between containers. */
const fixed = new Set([
  'OR_CONTROLLER_URL',
  'OR_CONTROLLER_PORT',
  'OR_CONTROLLER_HOST',
  'OR_CONTROLLER_OWN_ADDRESS',
  'OR_WORKER_HOST',
  'OR_WORKER_PORT',
  'OR_WORKER_ADDRESS',
  'OR_SIMULATOR_HOST',
  'OR_SIMULATOR_PORT',
  'SSL_KEYFILE',
  'SSL_CERTFILE',
]);

it('every setting of .env.example reaches a container', () => {
  const settings = [...readText('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(
    ([, name = '']) => name,
  );
  const compose = readText('docker-compose.yml');
  expect(settings.length).toBeGreaterThan(30);
  expect(settings.filter((name) => !fixed.has(name) && !compose.includes(`\${${name}`))).toEqual([]);
});

it('the three Dockerfiles share the text of their build, so that it runs once', () => {
  const heads = ['controller', 'worker', 'api'].map((name) => {
    const text = readText(`Dockerfile.${name}`);
    return text.slice(text.indexOf('FROM '), text.indexOf("# This service's production dependencies."));
  });
  expect(heads[0]?.length).toBeGreaterThan(500);
  expect(new Set(heads).size).toBe(1);
});
