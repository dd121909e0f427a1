// A network namespace whose only interface is loopback: no client in it can reach its vendor. Linux, root, iproute2.
import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';

/** Whether this very process can reach nothing but itself. */
export function isOffline() {
  return Object.values(networkInterfaces())
    .flat()
    .every(({ internal }) => internal);
}

/** The words to put before a command; with a `reason` and none of them where no namespace can be made. */
export function makeNamespace() {
  const name = `orcestator-e2e-${process.pid}`;
  const remove = () => void ip('netns', 'delete', name);
  const added = ip('netns', 'add', name);
  if (added !== undefined) return without(added);
  const up = ip('-netns', name, 'link', 'set', 'lo', 'up');
  if (up === undefined) return { prefix: ['ip', 'netns', 'exec', name], remove };
  remove();
  return without(up);
}

const without = (problem) => ({
  prefix: [],
  remove: () => undefined,
  reason: `No network namespace (${problem}; it takes Linux, root and iproute2): clients that could reach their vendors are skipped.`,
});

/** What went wrong, `undefined` when nothing did. */
function ip(...args) {
  const { status, error, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (error) return error.message;
  return status === 0 ? undefined : stderr.trim() || `ip ended with ${status}`;
}
