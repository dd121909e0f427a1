// The fenced blocks of a document: language, lines, and the reason why a person must try them, if the document gives one
// (`<!-- проверяется вручную: … -->` before the block).

const MANUAL = /^<!-- проверяется вручную: (.+) -->$/;

export function readBlocks(markdown) {
  const blocks = [];
  let block;
  let manual;
  for (const [index, raw] of markdown.replaceAll('\r\n', '\n').split('\n').entries()) {
    const fence = /^\s*```(\w*)\s*$/.exec(raw);
    if (block && fence) {
      blocks.push(block);
      block = undefined;
    } else if (block) block.lines.push(raw);
    else if (fence) {
      block = { language: fence[1], line: index + 1, lines: [], manual };
      manual = undefined;
    } else if (raw.trim() !== '') manual = MANUAL.exec(raw.trim())?.[1];
  }
  return blocks;
}

/** The commands of a block; a line that ends in `\` goes on in the next one. */
export function commandsOf({ lines }) {
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
