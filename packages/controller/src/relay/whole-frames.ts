/** FastChat's `\0`-delimited frames: cut at frame ends. */

/** Largest frame in bytes, so that a worker cannot fill the memory. */
const FRAME_LIMIT = 16 * 1024 * 1024;

/**
 * The bytes in pieces that end with a frame, so that an error frame never lands inside another one. A last frame
 * without its delimiter gets it (as FastChat: controller.py worker_api_generate_stream).
 */
export async function* wholeFrames(
  body: AsyncIterable<Uint8Array>,
  limit: number = FRAME_LIMIT,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(0) + 1;
    if (end > 0) {
      yield Buffer.concat([...pieces, chunk.subarray(0, end)]);
      pieces = [];
      size = 0;
    }
    if (end === chunk.length) continue;
    pieces.push(chunk.subarray(end));
    size += chunk.length - end;
    if (size > limit) throw new Error(`a frame is larger than ${limit} bytes`);
  }
  if (size > 0) yield Buffer.concat([...pieces, Buffer.from([0])]);
}
