// A parser of PowerShell, since most machines that run this have none: tree-sitter's, fetched into a temporary folder.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const packages = ['web-tree-sitter@0.27.2', 'tree-sitter-powershell@0.26.4'];

/** Text → its syntax errors; `undefined` when the parser cannot be had. */
export async function createSyntaxCheck(folder) {
  mkdirSync(folder, { recursive: true });
  const args = ['install', '--silent', '--ignore-scripts', '--no-save', '--prefix', folder, ...packages];
  if (spawnSync('npm', args, { shell: process.platform === 'win32' }).status !== 0) return undefined;
  const modules = join(folder, 'node_modules');
  const { Parser, Language } = await import(
    pathToFileURL(join(modules, 'web-tree-sitter', 'web-tree-sitter.js')).href
  );
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(
    await Language.load(join(modules, 'tree-sitter-powershell', 'tree-sitter-powershell.wasm')),
  );
  return (text) => errorsBelow(parser.parse(text.replace(/^\uFEFF/, '')).rootNode);
}

function errorsBelow(node) {
  if (node.isError || node.isMissing)
    return [`line ${node.startPosition.row + 1}: ${node.text.slice(0, 60) || `${node.type} is missing`}`];
  return node.children.flatMap(errorsBelow);
}
