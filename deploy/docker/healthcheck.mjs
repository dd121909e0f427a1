// `node healthcheck.mjs URL [alive]`: exit 0 when the service is well. The images have no curl.
// With `alive` any HTTP answer will do: an API server that answers 503 because no worker is there is well itself; restarting or
// removing it would help nobody, and the worker's own check tells where the trouble is.
const [url, mode] = process.argv.slice(2);
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = mode === 'alive' || response.ok ? 0 : 1;
  console.log(`${response.status} ${await response.text()}`);
} catch (error) {
  console.log(`${url}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
