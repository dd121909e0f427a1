/** A worker's streamed answer → its frames, those of one piece of the network together. */
import type { StreamBody } from '@orcestator/service-kit';
import { FrameDecoder, type TextFrame } from './frame-decoder';

/** Throws where the connection breaks or what comes is no frame. Leaving it closes the connection. */
export async function* readFrames(body: StreamBody): AsyncGenerator<readonly TextFrame[]> {
  const decoder = new FrameDecoder();
  for await (const piece of body) {
    const frames = decoder.push(piece);
    if (frames.length > 0) yield frames;
  }
  yield decoder.end();
}
