// Processes of the project under the Windows build of Node, and what the checks ask of them.
const { spawn } = require('node:child_process');
const http = require('node:http');

const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(OR|FASTCHAT)_|_PROXY$/i.test(name)),
);
const started = [];
// Whatever the checks did, nothing stays behind.
process.on('exit', () => started.forEach((child) => child.kill()));

/** Starts Node with these arguments; `output` grows, `child` has an IPC channel. */
exports.run = (args, env) => {
  const child = spawn(process.execPath, args, {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  started.push(child);
  const process_ = { child, output: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (process_.output += text));
  process_.exit = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  return process_;
};

exports.ended = async ({ exit, child, output }, milliseconds) => {
  let timer;
  const late = new Promise(
    (_, reject) =>
      (timer = setTimeout(
        () => reject(new Error(`${child.spawnargs.join(' ')} still runs: ${output}`)),
        milliseconds,
      )),
  );
  return Promise.race([exit, late]).finally(() => clearTimeout(timer));
};

/** Asks every 100 ms until it is so; a failed question counts as "no". */
exports.until = async (isSo, milliseconds, explain = () => '') => {
  for (const end = Date.now() + milliseconds; Date.now() < end;) {
    if (
      await Promise.resolve()
        .then(isSo)
        .catch(() => false)
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${milliseconds} ms: ${isSo}\n${explain()}`);
};

/** GET, or POST of JSON. */
exports.ask = (url, body) =>
  new Promise((resolve, reject) => {
    const request = http.request(
      url,
      { method: body ? 'POST' : 'GET', agent: false, headers: { 'content-type': 'application/json' } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece) => (text += piece));
        answer.on('end', () => resolve({ status: answer.statusCode, text })).on('error', reject);
      },
    );
    request.setTimeout(20_000, () => request.destroy(new Error('no answer within 20 s'))).on('error', reject);
    request.end(body && JSON.stringify(body));
  });

exports.isOpen = (port) =>
  exports.ask(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
