// The engine and compose of this machine, as the Docker test uses them.
import { spawn, spawnSync } from 'node:child_process';

const environment = {
  ...process.env,
  DOCKER_BUILDKIT: '1',
  COMPOSE_DOCKER_CLI_BUILD: '1',
  BUILDKIT_PROGRESS: 'plain',
};

/** Runs a program to its end; throws with its output when it fails. Answers what it printed, both streams. */
export function run(command, args, { env = {}, timeout = 600_000, input } = {}) {
  const result = spawnSync(command, args, {
    env: { ...environment, ...env },
    encoding: 'utf8',
    timeout,
    input,
    maxBuffer: 64 * 1024 * 1024,
  });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  if (result.status !== 0)
    throw new Error(
      `${command} ${args.join(' ')}: ${result.error?.message ?? `exit ${result.status}`}\n${output.slice(-3000)}`,
    );
  return output;
}

export const docker = (...args) => run('docker', args);

/** The compose command, `undefined` with a reason when there is no engine or no compose. */
export function findCompose() {
  const engine = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { encoding: 'utf8' });
  if (engine.status !== 0)
    return { reason: engine.error ? 'no docker command' : 'no Docker engine answers (docker version)' };
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [name, ...rest] = command;
    const version = spawnSync(name, [...rest, 'version', '--short'], { encoding: 'utf8' });
    if (version.status === 0)
      return { command, version: version.stdout.trim(), engine: engine.stdout.trim() };
  }
  return { reason: 'neither "docker compose" nor docker-compose is installed' };
}

/** `compose(...)` of one project: its name, environment and profile are given with each call. */
export function createCompose([name, ...rest], project, env, profiles) {
  const common = [
    ...rest,
    '--project-name',
    project,
    ...profiles.flatMap((profile) => ['--profile', profile]),
  ];
  return (...args) => run(name, [...common, ...args], { env });
}

/** The state that `docker inspect` shows. */
export function inspect(id) {
  return JSON.parse(docker('inspect', id))[0];
}

/** `docker ...` without waiting; resolves with milliseconds when it has ended. */
export function startDocker(...args) {
  const since = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn('docker', args, { env: environment, stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', () => resolve(Date.now() - since));
  });
}
