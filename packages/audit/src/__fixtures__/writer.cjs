// A process that writes to the audit until it is killed: `node writer.cjs PATH NAME ROWS`; says how many it has handed over.
const { createAuditWriter } = require('../../dist');
const { entryOf } = require('../../dist/testing');
const { systemClock } = require('@orcestator/service-kit');

const [path, name, rows] = process.argv.slice(2);
const silent = () => undefined;
const logger = { error: silent, warn: silent, info: silent, debug: silent };
const writer = createAuditWriter({ path, retention: 0, clock: systemClock, logger, onLost: silent });
let written = 0;

const work = setInterval(() => {
  for (let count = 0; count < 20 && written < Number(rows); count += 1, written += 1)
    writer.add(entryOf({ requestId: `${name}-${written}`, startedAt: Date.now() }));
  process.stdout.write(`${written} ${Date.now()}\n`);
  if (written < Number(rows)) return;
  clearInterval(work);
  void writer.close(10_000).then(() => process.exit(0));
}, 5);
