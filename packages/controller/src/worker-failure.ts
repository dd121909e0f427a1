/** Why a worker cannot be used, in words that name the remedy. */
import { OrcestatorError, readErrorMessage, workerPaths, type WorkerProtocol } from '@orcestator/protocol';
import { errorCodeOf, HttpStatusError, networkFailureOf } from '@orcestator/service-kit';

/** One question that was not answered. */
export interface Attempt {
  readonly protocol: WorkerProtocol;
  readonly error: unknown;
  /** It took longer than it may. */
  readonly isLate: boolean;
}

const asked: Readonly<Record<WorkerProtocol, string>> = {
  fastchat: workerPaths.status,
  openai: `GET ${workerPaths.models}`,
};

const CHECK_ADDRESS = 'Check that it runs and that the controller can reach it at this address.';

/** Something listens there and does not know what was asked: it may be a server of the other kind. */
export function isOtherApi(error: unknown): boolean {
  return error instanceof HttpStatusError || error instanceof OrcestatorError;
}

/** `code` tells a program what the message tells a reader. */
export function unusableWorker(
  workerName: string,
  attempts: readonly Attempt[],
  timeout: number,
): OrcestatorError {
  const last = attempts.at(-1);
  const { code, why } = refusalOf(attempts) ?? (last ? reasonOf(attempts, last, timeout) : noReason);
  const message = `The worker ${workerName} cannot be used: ${why}`;
  return new OrcestatorError('worker_unreachable', message, { code, cause: last?.error });
}

/** A server that is there and lists nothing. */
export function emptyServer(workerName: string): OrcestatorError {
  const message = `The worker ${workerName} cannot be used: it lists no models. Load one (ollama pull llama3, say), or name the models yourself.`;
  return new OrcestatorError('worker_unreachable', message, { code: 'worker_without_models' });
}

interface Reason {
  readonly code: string;
  readonly why: string;
}

const noReason: Reason = { code: 'worker_unreachable', why: 'nobody knows why.' };

/** Something listens there and lets nobody in: one of ours with another secret, or a server that wants a key of its own. */
function refusalOf(attempts: readonly Attempt[]): Reason | undefined {
  const [worker, server] = (['fastchat', 'openai'] as const).map((protocol) => {
    const error = attempts.find((attempt) => attempt.protocol === protocol)?.error;
    return error instanceof HttpStatusError && [401, 403].includes(error.status) ? error : undefined;
  });
  // Ours protects both paths and says so; only a foreign server protects its models and means a key.
  if (server && !readErrorMessage(worker?.body)?.includes('OR_CLUSTER_SECRET')) {
    const why = `it wants a key (${asked.openai} answered ${server.status}), and the gateway has none for it. Put one of our workers in front of it: worker --base-url, with its key in OR_API_KEY.`;
    return { code: 'worker_wants_key', why };
  }
  if (!worker) return undefined;
  const why = `it answered ${asked.fastchat} with ${worker.status}. Give every service the same OR_CLUSTER_SECRET.`;
  return { code: 'worker_secret_differs', why };
}

function reasonOf(
  attempts: readonly Attempt[],
  { protocol, error, isLate }: Attempt,
  timeout: number,
): Reason {
  if (isLate)
    return unreachable(`it did not answer ${asked[protocol]} within ${timeout / 1000} s. ${CHECK_ADDRESS}`);
  if (isOtherApi(error)) return { code: 'worker_not_recognised', why: unknownApi(attempts) };
  switch (networkFailureOf(error)) {
    case 'refused':
      return unreachable(`the connection was refused (${errorCodeOf(error)}). ${CHECK_ADDRESS}`);
    case 'timeout':
      return unreachable(`it did not answer ${asked[protocol]} in time. ${CHECK_ADDRESS}`);
    case 'broken':
      return unreachable(`the connection broke (${errorCodeOf(error) || 'no code'}). ${CHECK_ADDRESS}`);
  }
}

function unreachable(why: string): Reason {
  return { code: 'worker_unreachable', why };
}

/** What each question was answered with. */
function unknownApi(attempts: readonly Attempt[]): string {
  const answers = attempts.map(({ protocol, error }) =>
    error instanceof HttpStatusError
      ? `${asked[protocol]} with ${error.status}`
      : `${asked[protocol]} with something else than ${protocol === 'fastchat' ? 'a worker status' : 'a list of models'}`,
  );
  return `it answered ${answers.join(' and ')}. Give the address of a FastChat worker, or the part before /v1 of an OpenAI-compatible server's.`;
}
