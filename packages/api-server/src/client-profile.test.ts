/** Each client gets the status under which it shows the text; everyone else the true one. */
import { statusForClient } from './client-profile';

const copilot = { 'user-agent': 'GitHubCopilotChat/0.67.0' };
const cli = { 'user-agent': 'OpenAI/JS 5.20.1', 'x-initiator': 'agent' };
const sdk = { 'user-agent': 'OpenAI/JS 6.49.0' };

it.each([401, 402, 403, 422, 500, 502, 503, 504])(
  'VS Code reads %i as 400: no logout, text visible',
  (status) => {
    expect(statusForClient(copilot, status)).toBe(400);
  },
);

it.each([200, 400, 404, 413, 429])('VS Code reads %i as it is', (status) => {
  expect(statusForClient(copilot, status)).toBe(status);
});

it('Copilot CLI keeps the statuses it waits and repeats for, and loses no text', () => {
  expect([401, 404, 429, 502, 503].map((status) => statusForClient(cli, status))).toEqual([
    400, 400, 429, 502, 503,
  ]);
});

it('an SDK gets the truth', () => {
  for (const status of [401, 403, 404, 429, 500, 502, 503]) expect(statusForClient(sdk, status)).toBe(status);
});
