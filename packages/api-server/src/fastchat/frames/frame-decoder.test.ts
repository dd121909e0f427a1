import { FrameDecoder, type TextFrame } from './frame-decoder';

/** A frame as Python writes it (`json.dumps`): ASCII, a space after colons and commas. */
function python(text: string, fields = '"error_code": 0, "finish_reason": null'): string {
  const ascii = JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `{"text": ${ascii}, ${fields}}\0`;
}

const javascript = (text: string): string => `${JSON.stringify({ text, error_code: 0 })}\0`;

function decode(frames: readonly string[], pieceSize = Infinity): TextFrame[] {
  const decoder = new FrameDecoder();
  const bytes = Buffer.from(frames.join(''));
  const read: TextFrame[] = [];
  for (let at = 0; at < bytes.length; at += pieceSize) {
    read.push(...decoder.push(bytes.subarray(at, at + pieceSize)));
  }
  return [...read, ...decoder.end()];
}

const deltas = (frames: readonly TextFrame[]): string[] => frames.map(({ delta }) => delta);

const texts = [
  '',
  'Hel',
  'Hello "',
  'Hello "\\',
  'Hello "\\\n',
  'Hello "\\\nпривет',
  'Hello "\\\nпривет 👋{}',
];
const added = ['', 'Hel', 'lo "', '\\', '\n', 'привет', ' 👋{}'];

describe.each([
  ['Python', python],
  ['JavaScript', javascript],
])('cumulative frames written by %s', (_name, write) => {
  it.each([1, 7, 64, Infinity])('become deltas, in pieces of %d bytes', (size) => {
    expect(
      deltas(
        decode(
          texts.map((text) => write(text)),
          size,
        ),
      ),
    ).toEqual(added);
  });

  it('an unfinished character at the end is held back until it is whole', () => {
    const frames = ['a\ufffd', 'a\ufffd\ufffd', 'aé', 'aéb\ufffd', 'aéb\ufffd'].map((text) => write(text));
    expect(deltas(decode(frames))).toEqual(['a', '', 'é', 'b', '', '\ufffd']);
  });

  it('a U+FFFD inside the text is text', () => {
    const frames = ['x\ufffdy', 'x\ufffdy \\ufffd', 'x\ufffdy \\ufffd!'].map((text) => write(text));
    expect(deltas(decode(frames))).toEqual(['x\ufffdy', ' \\ufffd', '!']);
  });
});

it('keeps the other fields of each frame', () => {
  const [first, second] = decode([
    python('a', '"error_code": 0, "usage": {"total_tokens": 1}'),
    python('ab', '"error_code": 0, "usage": {"total_tokens": 2}, "finish_reason": "stop"'),
  ]);
  expect(first?.fields).toMatchObject({ usage: { total_tokens: 1 } });
  expect(second?.fields).toMatchObject({ usage: { total_tokens: 2 }, finish_reason: 'stop' });
});

it.each([
  ['after a text', [python('a long text'), '{"text": "**boom**", "error_code": 50002}\0'], 1],
  ['shorter than the text', [python('x'.repeat(500)), '{"text": "no", "error_code": 50001}\0'], 1],
  ['first', ['{"text": "**boom**", "error_code": 50002}\0'], 0],
  ['that repeats the text', [python(''), '{"text": "**boom**", "error_code": 50002}\0'], 1],
])('an error frame %s is no text', (_name, frames, place) => {
  const read = decode(frames)[place];
  expect(read?.delta).toBe('');
  expect(read?.fields.error_code).not.toBe(0);
  expect(read?.fields.text).toMatch(/boom|no/);
});

it('a text that shrinks or changes goes on where the old one ended, as at FastChat', () => {
  const frames = ['Hello wor', 'Hello', 'Hello world', 'HELLO WORLD!', 'HELLO WORLD!?'].map((text) =>
    python(text),
  );
  expect(deltas(decode(frames))).toEqual(['Hello wor', '', 'ld', '!', '?']);
});

it('a text that was written anew in other bytes goes on by its characters', () => {
  const frames = ['éé ab', 'ee abcdefghijklmnop', 'ее abcdefghijklmnop!'].map((text) => python(text));
  expect(deltas(decode(frames))).toEqual(['éé ab', 'cdefghijklmnop', '!']);
});

it('text need not stand first', () => {
  const frames = ['a', 'ab', 'abc'].map((text) => `{"error_code": 0, "text": "${text}"}\0`);
  expect(deltas(decode(frames))).toEqual(['a', 'b', 'c']);
});

it('a last frame without its delimiter counts, half of one does not', () => {
  expect(deltas(decode([python('a'), python('ab').slice(0, -1)]))).toEqual(['a', 'b']);
  expect(() => decode([python('a'), python('ab').slice(0, 12)])).toThrow('no JSON object');
});

it('what is no frame is an error', () => {
  expect(() => decode(['<html>\0'])).toThrow('no JSON object');
});

it('a text of 100,000 characters is read once, not once a frame', () => {
  const decoder = new FrameDecoder();
  const word = 'слово " и ещё слово\n'.repeat(5);
  const steps = Math.ceil(100_000 / word.length);
  const oneFrame = python(word);
  const [head, escaped, rest] = [
    oneFrame.slice(0, 10),
    oneFrame.slice(10, oneFrame.indexOf('", "')),
    '", "error_code": 0}\0',
  ];
  let text = '';
  let length = 0;
  for (let step = 0; step < steps; step += 1) {
    text += escaped;
    for (const { delta } of decoder.push(Buffer.from(head + text + rest, 'latin1'))) length += delta.length;
  }
  expect(length).toBe(steps * word.length);
  // Only the bytes that were read as JSON are counted: each frame's addition and its other fields.
  expect(decoder.bytesRead).toBeLessThan(steps * (oneFrame.length + 20));
});
