/** `pnpm docs:config`: writes docs/config.md and .env.example anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './config-docs';
import { ROOT } from './repository';

for (const [path, text] of Object.entries(generatedFiles())) {
  writeFileSync(join(ROOT, path), text);
  process.stdout.write(`${path}\n`);
}
