/**
 * Which clients hide the text of which errors, and the status under which they show it (clients.md §2, §3.4). Everyone
 * else gets the true status. A new client is one row.
 */
import type { IncomingHttpHeaders } from 'node:http';

interface ClientProfile {
  readonly name: string;
  matches(headers: IncomingHttpHeaders): boolean;
  /** True status → the one this client shows with its text. */
  readonly statuses: Readonly<Record<number, number>>;
}

/** Shown with the whole body, without any meaning of its own, by both clients below. */
const READABLE = 400;

const readable = (...statuses: number[]): Record<number, number> =>
  Object.fromEntries(statuses.map((status) => [status, READABLE]));

const profiles: readonly ClientProfile[] = [
  {
    // 401 and 403 reset its token, 402 signs the user out, 422 reads as a content filter, 5xx hide the text.
    name: 'VS Code Copilot Chat',
    matches: (headers) => headers['user-agent']?.startsWith('GitHubCopilotChat/') ?? false,
    statuses: readable(401, 402, 403, 422, 500, 502, 503, 504),
  },
  {
    // It calls itself by its SDK; 401, 403 and 404 lose the text, 5xx are repeated five times first.
    name: 'GitHub Copilot CLI',
    matches: (headers) =>
      headers['x-initiator'] !== undefined && (headers['user-agent']?.startsWith('OpenAI/') ?? false),
    statuses: readable(401, 403, 404, 422, 500),
  },
];

/** The status that this client shows together with its text. */
export function statusForClient(headers: IncomingHttpHeaders, status: number): number {
  return profiles.find((profile) => profile.matches(headers))?.statuses[status] ?? status;
}
