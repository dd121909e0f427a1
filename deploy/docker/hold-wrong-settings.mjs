// Loaded before a service (`node --import`). Wrong settings end it with exit code 2 at once, and a restart policy would fill the log
// with the same lines. Here the end waits, so that the reason stays readable; `docker stop` is not delayed.
const HOLD_MS = 60_000;

process.once('beforeExit', (code) => {
  if (code !== 2) return;
  console.error('Correct the file .env beside docker-compose.yml, then run: docker compose up -d');
  const leave = () => process.exit(2);
  setTimeout(leave, HOLD_MS);
  // As the first process of a container it would not be ended by a signal that it does not handle.
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, leave);
});
