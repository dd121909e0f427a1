/** Frames cut anywhere come out whole. */
import { wholeFrames } from './whole-frames';

async function* bytes(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function collect(body: AsyncIterable<Uint8Array>, limit?: number): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of wholeFrames(body, limit)) pieces.push(Buffer.from(piece).toString());
  return pieces;
}

describe('wholeFrames', () => {
  it('lets whole frames pass as they come', async () => {
    expect(await collect(bytes('a\0', 'b\0c\0'))).toEqual(['a\0', 'b\0c\0']);
  });

  it('holds the beginning of a frame back until its end', async () => {
    expect(await collect(bytes('a\0b', 'c', 'd\0e', '\0'))).toEqual(['a\0', 'bcd\0', 'e\0']);
  });

  it('gives the same bytes for every cut, multi-byte characters included', async () => {
    const text = '{"text":"привет 👋"}\0{"text":"x"}\0';
    const whole = Buffer.from(text);
    for (let at = 0; at <= whole.length; at += 1) {
      const cut = (async function* () {
        yield await Promise.resolve(whole.subarray(0, at));
        yield whole.subarray(at);
      })();
      expect((await collect(cut)).join('')).toBe(text);
    }
  });

  it('ends a last frame that has no delimiter', async () => {
    expect(await collect(bytes('a\0', 'b'))).toEqual(['a\0', 'b\0']);
  });

  it('throws where a frame outgrows the bound, not where many small ones do', async () => {
    expect(await collect(bytes('1234\0', '5678\0', '9'), 4)).toHaveLength(3);
    expect(await collect(bytes('1234567\0a', 'b\0'), 4)).toEqual(['1234567\0', 'ab\0']);
    await expect(collect(bytes('12', '345'), 4)).rejects.toThrow('larger than 4 bytes');
  });
});
