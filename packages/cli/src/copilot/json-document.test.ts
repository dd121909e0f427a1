import { BrokenJsonError, JsonDocument } from './json-document';

function changed(
  source: string,
  change: (document: JsonDocument) => void,
  empty: '[]' | '{}' = '{}',
): string {
  const document = new JsonDocument(source, empty);
  change(document);
  return document.toString();
}

const settings = `// mine
{
    // size
    "editor.fontSize": 14, // big
    /* theme */ "workbench.colorTheme": "Dark",
    // "off": true
}
`;

describe('a setting that is not there yet', () => {
  it('goes after everything, comments keep their lines', () => {
    expect(changed(settings.replace('"Dark",', '"Dark" // dark'), (document) => document.set(['a'], 1)))
      .toBe(`// mine
{
    // size
    "editor.fontSize": 14, // big
    /* theme */ "workbench.colorTheme": "Dark", // dark
    // "off": true
    "a": 1
}
`);
  });

  it('gets a trailing comma where the owner uses one', () => {
    expect(changed(settings, (document) => document.set(['a'], 1))).toBe(
      settings.replace('// "off": true\n', '// "off": true\n    "a": 1,\n'),
    );
  });

  it('keeps the line ends, the tabs and the BOM', () => {
    const source = '\uFEFF{\r\n\t"a": {\r\n\t\t"b": 1\r\n\t}\r\n}\r\n';
    expect(changed(source, (document) => document.set(['a', 'c'], { d: [1] }))).toBe(
      '\uFEFF{\r\n\t"a": {\r\n\t\t"b": 1,\r\n\t\t"c": {\r\n\t\t\t"d": [\r\n\t\t\t\t1\r\n\t\t\t]\r\n\t\t}\r\n\t}\r\n}\r\n',
    );
  });

  it('makes the parents it lacks', () => {
    expect(changed('{}', (document) => document.set(['a', 'b'], 1))).toBe('{\n  "a": {\n    "b": 1\n  }\n}');
  });

  it.each([
    ['', '{\n  "a": 1\n}\n'],
    ['  \n', '{\n  "a": 1\n}\n'],
    ['// nothing yet\n', '// nothing yet\n{\n  "a": 1\n}\n'],
    ['{ /* none */ }', '{ /* none */\n  "a": 1\n}'],
    ['{"b": 2}', '{"b": 2,\n  "a": 1\n}'],
  ])('finds its place in %j', (source, expected) => {
    expect(changed(source, (document) => document.set(['a'], 1))).toBe(expected);
  });
});

describe('a setting that is there', () => {
  it('is replaced in place, nothing else moves', () => {
    expect(changed(settings, (document) => document.set(['editor.fontSize'], 16))).toBe(
      settings.replace('14', '16'),
    );
  });

  it('stays byte for byte when the value is the same', () => {
    const source = '{ "list" : [ 1,2 ] }';
    expect(changed(source, (document) => document.set(['list'], [1, 2]))).toBe(source);
  });

  it('counts in its last place when it stands twice, as in VS Code', () => {
    expect(changed('{"a": 1, "a": 2}', (document) => document.set(['a'], 3))).toBe('{"a": 1, "a": 3}');
  });

  it.each([
    ['{\n  "a": 1,\n  "b": 2 // two\n}', ['a'], '{\n  "b": 2 // two\n}'],
    ['{\n  "a": 1, // one\n  "b": 2\n}', ['b'], '{\n  "a": 1 // one\n}'],
    ['[\n  { "a": 1 },\n  { "b": 2 },\n]', [0], '[\n  { "b": 2 },\n]'],
    ['[\n  { "a": 1 },\n  { "b": 2 },\n]', [1], '[\n  { "a": 1 },\n]'],
    ['{\n  "a": 1,\n  // about b\n  "b": 2,\n}', ['b'], '{\n  "a": 1,\n  // about b\n}'],
    ['{ "a": 1 }', ['a'], '{ }'],
  ])('is removed from %j at %j', (source, path, expected) => {
    expect(
      changed(source, (document) => document.set(path, undefined), source.startsWith('[') ? '[]' : '{}'),
    ).toBe(expected);
  });
});

describe('a file that is not what VS Code reads', () => {
  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ['{\n  "a": ', 2, 8],
    ['{ "a": 1 } x', 1, 12],
    ['<html>', 1, 1],
  ])('%j is refused with its place', (source, line, column) => {
    const read = (): JsonDocument => new JsonDocument(source, '{}');
    expect(read).toThrow(BrokenJsonError);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({ line, column });
    }
  });

  it('is refused when it is a list where an object belongs', () => {
    expect(() => new JsonDocument('[]', '{}')).toThrow('expected an object { }');
  });
});
