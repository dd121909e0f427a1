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
      // Not out of Node's shared pool: its 64 KiB (Node 24) would be held for the sake of one piece.
      const piece = Buffer.allocUnsafeSlow(size);
      buffer.copy(piece, 0, 0, size);
      return this.push(piece);
    },
  };
}

/**
 * `timeout` in milliseconds for a connection to be established; `onConnecting` is told the socket of each attempt. TLS reads
 * through buffers of its own.
 */
export function createConnector(
  timeout: number,
  onConnecting: (socket: Socket) => void,
): buildConnector.connector {
  const options = { timeout, highWaterMark: HIGH_WATER_MARK };
  const secure = buildConnector(options);
  // undici hands all options on to `net.connect`; its types do not say so.
  const plain = buildConnector({ ...options, onread: readBySharedBuffer() } as typeof options);
  return (target, callback) => {
    const connect = target.protocol === 'https:' ? secure : plain;
    // It gives its socket; undici's types do not say so.
    onConnecting(connect(target, callback) as unknown as Socket);
  };
}
