// `node tools/run.mjs PACKAGE [ARGUMENT ...]`: builds what has changed, then runs the package's main in this very process,
// so that signals need no one to pass them on. Works the same under pnpm and npm, in PowerShell, cmd and bash.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...rest] = process.argv.slice(2);
const main = join(root, 'packages', String(name), 'dist', 'main.js');

try {
  process.chdir(root); // `.env` and relative paths such as logs/traffic.log belong to the root, wherever the script is called
  await build();
  // pnpm 10 hands over the `--` of `pnpm controller -- --port 1`; npm and pnpm 12 do not.
  process.argv = [process.argv[0], main, ...(rest[0] === '--' ? rest.slice(1) : rest)];
  await import(pathToFileURL(main).href);
} catch (error) {
  console.error(`cannot start ${name}: ${error.message}`);
  process.exitCode = 1;
}
