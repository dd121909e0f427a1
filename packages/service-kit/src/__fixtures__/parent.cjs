/** Starts the tiny service over IPC, tells its address and id, and waits to be killed. */
const { fork } = require('node:child_process');
const { join } = require('node:path');

const child = fork(join(__dirname, 'tiny-service.cjs'), [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
child.on('message', ({ url }) => process.send({ url, pid: child.pid }));
