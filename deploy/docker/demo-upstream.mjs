// Loaded before the worker (`node --import`). With the profile `demo` the simulator runs beside it: without a key, and with no
// other server named, the worker asks the simulator. A key always wins: real answers are never replaced by invented ones.
import { lookup } from 'node:dns/promises';

const DNS_MS = 3_000;
const { OR_API_KEY = '', OR_BASE_URL = '', OR_DEMO_BASE_URL = '' } = process.env;

if (OR_DEMO_BASE_URL !== '' && OR_API_KEY.trim() === '' && OR_BASE_URL.trim() === '') {
  if (await isThere(new URL(OR_DEMO_BASE_URL).hostname)) {
    process.env.OR_BASE_URL = OR_DEMO_BASE_URL;
    // The simulator wants a key, as OpenRouter does; any will do.
    process.env.OR_API_KEY = 'sk-or-v1-demo';
    console.log('demo: OR_API_KEY is not set, the simulator answers');
  } else {
    console.error('To try the gateway in Docker without any key, run: docker compose --profile demo up -d');
  }
}

/** Whether a container of that name runs on this network. */
async function isThere(name) {
  let timer;
  const tooLate = new Promise((resolve) => (timer = setTimeout(resolve, DNS_MS, false)));
  const found = lookup(name).then(
    () => true,
    () => false,
  );
  return Promise.race([found, tooLate]).finally(() => clearTimeout(timer));
}
