/** Connections whose reads cost what they bring: each by a buffer that all of them share. */
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { HIGH_WATER_MARK } from './answer-body';

/**
 * Node reads into 64 KiB of fresh memory each time. A stream whose reader rests holds one of these for as long as it rests;
 * a copy of what has come holds no more than that.
 */
function readBySharedBuffer(): object {
  const buffer = Buffer.allocUnsafeSlow(HIGH_WATER_MARK);
  return {
    buffer,
    // `this` is the socket (node:net, option `onread`); false stops its reading, as with any stream.
    callback(this: Socket, size: number): boolean {
      return this.push(Buffer.from(buffer.subarray(0, size)));
    },
  };
}

/** `timeout` in milliseconds for a connection to be established. TLS reads through buffers of its own. */
export function createConnector(timeout: number): buildConnector.connector {
  const options = { timeout, highWaterMark: HIGH_WATER_MARK };
  const secure = buildConnector(options);
  // undici hands all options on to `net.connect`; its types do not say so.
  const plain = buildConnector({ ...options, onread: readBySharedBuffer() } as typeof options);
  return (target, callback) => (target.protocol === 'https:' ? secure : plain)(target, callback);
}
