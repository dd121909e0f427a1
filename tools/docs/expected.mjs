// A `text` block says what the commands before it print; numbers, addresses of the test and the system's own words may differ.

/** The lines that the output lacks. */
export function missingLines(block, output) {
  const seen = plain(output);
  return block.lines.map(plain).filter((line) => line !== '' && !seen.includes(line));
}

function plain(text) {
  return text
    .replaceAll(/\u001b\[[0-9;]*m/g, '')
    .replaceAll(/\.windows\.\d+/g, '')
    .replaceAll(/\d+(?:\.\d+)*/g, '0')
    .replaceAll(/[ \t]+/g, ' ')
    .trim();
}
