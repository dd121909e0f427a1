/** What counts as the end of a stream, wherever its bytes are cut. */
import { StreamEnd } from './stream-end';

const about = String.raw`data: {"id":"gen-1","choices":[{"index":0,"delta":{"content":"res.write('data: [DONE]\n\n');\ndata: [DONE]"},"finish_reason":null}]}`;
const finish = 'data: {"id":"gen-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
const cuts: [string, (text: string) => string[]][] = [
  ['in one packet', (text) => [text]],
  ['event by event', (text) => text.split(/(?<=\n\n)/)],
  ['byte by byte', (text) => [...text]],
];

function look(pieces: string[]): StreamEnd {
  const end = new StreamEnd();
  for (const piece of pieces) end.look(Buffer.from(piece));
  return end;
}

describe.each(cuts)('%s', (_name, cut) => {
  it('an answer about event streams, with the words of their end in its text, has not ended', () => {
    const end = look(cut(`: ping\n\n${about}\n\n${about}\n\n`));
    expect([end.isDone, end.isBroken, end.isBetweenEvents]).toEqual([false, true, true]);
  });

  it('after it the true end is the end', () => {
    const end = look(cut(`${about}\n\n${finish}\n\ndata: [DONE]\n\n`));
    expect([end.isDone, end.isBroken]).toEqual([true, false]);
  });

  it('a stream may be nothing but its end', () => {
    expect(look(cut('data: [DONE]\n\n')).isDone).toBe(true);
  });
});
