/** The rules of the house that a machine can check: layers, sizes, first lines, types. */
import { filesBelow, packageFolders, readText } from './repository';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const shared = ['protocol', 'service-kit'];

/** Package → packages of ours that it may depend on; `undefined` = any. */
const layers: Readonly<Record<string, readonly string[] | undefined>> = {
  protocol: [],
  'service-kit': ['protocol'],
  controller: shared,
  'stream-normaliser': shared,
  audit: shared,
  worker: [...shared, 'stream-normaliser', 'audit'],
  'api-server': [...shared, 'stream-normaliser'],
  'openrouter-simulator': shared,
  cli: [...shared, 'audit', 'controller', 'worker', 'api-server', 'openrouter-simulator'],
  'test-kit': undefined,
};

function manifestOf(name: string): Manifest {
  return JSON.parse(readText(`packages/${name}/package.json`)) as Manifest;
}

function ours(dependencies: Readonly<Record<string, string>> = {}): string[] {
  return Object.keys(dependencies)
    .filter((name) => name.startsWith('@orcestator/'))
    .map((name) => name.slice('@orcestator/'.length));
}

/** Comments and texts taken out, so that a word in them is not taken for code. */
function codeOnly(source: string): string {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")
    .replaceAll(/\/\/.*$/gm, '');
}

it('every package has its place in the layers', () => {
  expect(packageFolders()).toEqual(Object.keys(layers).sort());
});

describe.each(packageFolders())('%s', (name) => {
  const manifest = manifestOf(name);
  const sources = filesBelow(`packages/${name}/src`, '.ts');

  it('depends on lower layers only', () => {
    const allowed = layers[name] ?? packageFolders();
    expect(ours(manifest.dependencies).filter((other) => !allowed.includes(other))).toEqual([]);
  });

  it('does not need test-kit', () => {
    const all = [...ours(manifest.dependencies), ...ours(manifest.devDependencies)];
    expect(all).not.toContain('test-kit');
  });

  it('has no file of more than 250 lines', () => {
    expect(sources.filter((path) => readText(path).trimEnd().split('\n').length > 250)).toEqual([]);
  });

  it('says at the head of each file what it is', () => {
    const silent = sources.filter(
      (path) => !path.endsWith('.test.ts') && !/^(\/\*\*|#!)/.test(readText(path)),
    );
    expect(silent).toEqual([]);
  });

  it('has no "any"', () => {
    const loose = sources.filter((path) =>
      /(?:[:<|&,(]|=>|\bas)\s*any\b|\bany\[\]/.test(codeOnly(readText(path))),
    );
    expect(loose).toEqual([]);
  });
});

it('protocol needs nobody at all', () => {
  const { dependencies = {}, devDependencies = {} } = manifestOf('protocol');
  expect([...Object.keys(dependencies), ...Object.keys(devDependencies)]).toEqual([]);
});
