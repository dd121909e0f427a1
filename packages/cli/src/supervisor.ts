/** Keeps the processes of the gateway running: starts them, restarts one that dies, stops them all together. */
import { fork, type ChildProcess } from 'node:child_process';
import { MEMORY_ENVIRONMENT, MEMORY_FLAGS, SHUTDOWN_MESSAGE } from '@orcestator/service-kit';
import { prefixLines, type WriteLine } from './prefix-lines';
import type { ProcessSpec } from './stack';

export interface SupervisorOptions {
  readonly specs: readonly ProcessSpec[];
  readonly env: NodeJS.ProcessEnv;
  readonly isTerminal: boolean;
  readonly write: WriteLine;
}

/** Milliseconds before a dead process is started again. */
const RESTART_DELAY_MS = 1_000;
/** So many deaths within this time mean that starting again does not help. */
const MOST_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
/** Milliseconds from "please stop" to SIGKILL; the services drain for 3 s at most. */
const KILL_AFTER_MS = 4_000;

interface Member {
  readonly spec: ProcessSpec;
  readonly position: number;
  child: ChildProcess | undefined;
  hasListened: boolean;
  deaths: number[];
}

/** Ends in one of two ways: `stop` was called, or a process could not be kept running. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #members: Member[];
  readonly #listening = new Set<string>();
  readonly #ended: Promise<number>;
  #end: (exitCode: number) => void = () => undefined;
  #allListening: () => void = () => undefined;
  #isStopping = false;
  /** Resolves once each process has opened its port. */
  readonly listening: Promise<void>;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#members = options.specs.map((spec, position) => ({
      spec,
      position,
      child: undefined,
      hasListened: false,
      deaths: [],
    }));
    this.#ended = new Promise((resolve) => (this.#end = resolve));
    this.listening = new Promise((resolve) => (this.#allListening = resolve));
  }

  start(): void {
    for (const member of this.#members) this.#run(member);
  }

  /** Resolves with the exit code when every process has ended. */
  get ended(): Promise<number> {
    return this.#ended;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Asks every process to stop, and kills what has not after four seconds. */
  stop(exitCode: number): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const children = this.#members.map(({ child }) => child).filter((child) => child !== undefined);
    const gone = children.map(
      (child) => new Promise<void>((resolve) => void child.once('exit', () => resolve())),
    );
    // By message, since Windows knows no SIGTERM; the signal is for a process that has no channel any more.
    for (const child of children)
      if (child.connected) child.send(SHUTDOWN_MESSAGE);
      else child.kill('SIGTERM');
    setTimeout(() => this.kill(), KILL_AFTER_MS).unref();
    void Promise.all(gone).then(() => this.#end(exitCode));
  }

  kill(): void {
    for (const { child } of this.#members) child?.kill('SIGKILL');
  }

  #run(member: Member): void {
    const { spec, position } = member;
    const { env, isTerminal, write } = this.#options;
    const child = fork(require.resolve(spec.module), [], {
      execArgv: [...MEMORY_FLAGS],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...MEMORY_ENVIRONMENT, ...env, ...spec.env },
    });
    member.child = child;
    const prefix = { name: spec.name, position, isTerminal, write };
    if (child.stdout) prefixLines(child.stdout, prefix);
    if (child.stderr) prefixLines(child.stderr, prefix);
    child.on('message', () => this.#hasOpened(member));
    child.once('exit', (code, signal) => this.#hasExited(member, code, signal));
  }

  #hasOpened(member: Member): void {
    member.hasListened = true;
    this.#listening.add(member.spec.name);
    if (this.#listening.size === this.#members.length) this.#allListening();
  }

  #hasExited(member: Member, code: number | null, signal: NodeJS.Signals | null): void {
    member.child = undefined;
    if (this.#isStopping) return;
    const { write } = this.#options;
    const how = signal ?? `код ${code}`;
    if (!member.hasListened) {
      write(`${member.spec.name}: не запустился (${how}); причина — в строках выше. Останавливаю остальные.`);
      return this.stop(code === null || code === 0 ? 1 : code);
    }
    const now = Date.now();
    member.deaths = [...member.deaths.filter((at) => now - at < RESTART_WINDOW_MS), now];
    if (member.deaths.length > MOST_RESTARTS) {
      write(`${member.spec.name}: умирает снова и снова (${how}). Останавливаю всё.`);
      return this.stop(1);
    }
    write(`${member.spec.name}: завершился (${how}), запускаю снова`);
    setTimeout(() => {
      if (!this.#isStopping) this.#run(member);
    }, RESTART_DELAY_MS);
  }
}
