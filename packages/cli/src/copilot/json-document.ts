/** A JSON file with comments, changed in places: comments, formatting, line ends and the BOM of its owner stay. */
import { isDeepStrictEqual } from 'node:util';
import { getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';

export type JsonPath = readonly (string | number)[];

/** What is wrong with the file, and where: lines and columns count from 1. */
export class BrokenJsonError extends Error {
  constructor(
    readonly line: number,
    readonly column: number,
    reason: string,
  ) {
    super(reason);
    this.name = 'BrokenJsonError';
  }
}

export class JsonDocument {
  readonly #bom: string;
  readonly #eol: string;
  #text: string;
  #root: Node;

  /** `empty` (`[]` or `{}`) is put into a file that holds nothing, or comments only. Throws {@link BrokenJsonError}. */
  constructor(source: string, empty: '[]' | '{}') {
    this.#bom = source.startsWith('\uFEFF') ? '\uFEFF' : '';
    const text = source.slice(this.#bom.length);
    this.#eol = text.includes('\r\n') ? '\r\n' : '\n';
    const isEmpty = parseTree(text, [], { allowTrailingComma: true, allowEmptyContent: true }) === undefined;
    this.#text = isEmpty && !hasErrors(text) ? joined(text, empty, this.#eol) : text;
    this.#root = parse(this.#text);
    const isRightKind = this.#root.type === (empty === '[]' ? 'array' : 'object');
    if (!isRightKind)
      throw this.#broken(this.#root.offset, `expected ${empty === '[]' ? 'a list [ ]' : 'an object { }'}`);
  }

  toString(): string {
    return this.#bom + this.#text;
  }

  /** `undefined` where there is nothing. */
  get(path: JsonPath): unknown {
    const node = this.#find(path);
    return node === undefined ? undefined : (getNodeValue(node) as unknown);
  }

  /** Changes a value or adds it after its siblings, with the parents it lacks; `undefined` removes it. */
  set(path: JsonPath, value: unknown): void {
    const key = path.at(-1);
    if (key === undefined) return;
    const node = this.#find(path);
    if (value === undefined) {
      const parent = this.#find(path.slice(0, -1));
      if (node && parent) this.#remove(parent.type === 'object' ? (node.parent ?? node) : node, parent);
      return;
    }
    if (node) {
      if (isDeepStrictEqual(getNodeValue(node), value)) return;
      return this.#replace(node.offset, node.length, this.#serialise(value, this.#indentAt(node.offset)));
    }
    const parent = this.#find(path.slice(0, -1));
    if (!parent) return this.set(path.slice(0, -1), typeof key === 'string' ? { [key]: value } : [value]);
    this.#append(parent, key, value);
  }

  #find(path: JsonPath): Node | undefined {
    let at: Node | undefined = this.#root;
    for (const key of path) {
      if (typeof key === 'number') at = at?.type === 'array' ? at.children?.[key] : undefined;
      else at = at?.type === 'object' ? propertyOf(at, key)?.children?.[1] : undefined;
    }
    return at;
  }

  /** With its comma and the comment behind it on its line; comments on lines of their own stay. */
  #remove(child: Node, parent: Node): void {
    const siblings = parent.children ?? [];
    const close = parent.offset + parent.length - 1;
    const end = child.offset + child.length;
    const comma = commaIn(this.#text.slice(end, close));
    const before = siblings[siblings.indexOf(child) - 1];
    const [from, to] = this.#wholeLines(child.offset, comma < 0 ? end : end + comma + 1);
    let text = this.#text.slice(0, from) + this.#text.slice(to);
    if (comma < 0 && before) {
      const after = before.offset + before.length;
      const at = after + commaIn(this.#text.slice(after, child.offset));
      text = text.slice(0, at) + text.slice(at + 1);
    }
    this.#replace(0, this.#text.length, text);
  }

  /** Widened to the line when nothing else stands on it. */
  #wholeLines(from: number, to: number): [number, number] {
    const rest = /^[ \t]*(?:\/\/[^\n]*)?(?:\r?\n|$)/.exec(this.#text.slice(to));
    if (rest && this.#isFirstOnLine(from))
      return [this.#text.lastIndexOf('\n', from - 1) + 1, to + rest[0].length];
    return [from, to + (/^[ \t]*/.exec(this.#text.slice(to))?.[0].length ?? 0)];
  }

  /** After everything that stands in the parent, comments included, so that each comment keeps its neighbour. */
  #append(parent: Node, key: string | number, value: unknown): void {
    const close = parent.offset + parent.length - 1;
    const outer = this.#indentAt(parent.offset);
    const last = parent.children?.at(-1);
    const inner =
      last && this.#isFirstOnLine(last.offset) ? this.#indentAt(last.offset) : outer + this.#unit();
    const body = (typeof key === 'string' ? `${JSON.stringify(key)}: ` : '') + this.#serialise(value, inner);
    const before = this.#text.slice(0, close).trimEnd();
    const hasComma = last !== undefined && commaIn(this.#text.slice(last.offset + last.length, close)) >= 0;
    const tail = `${hasComma ? ',' : ''}${this.#eol}${outer}`;
    const comma = last === undefined || hasComma ? '' : ',';
    const at = last === undefined ? before.length : last.offset + last.length;
    const added = `${comma}${before.slice(at)}${this.#eol}${inner}${body}${tail}`;
    this.#replace(at, close - at, added);
  }

  #replace(offset: number, length: number, by: string): void {
    this.#text = this.#text.slice(0, offset) + by + this.#text.slice(offset + length);
    this.#root = parse(this.#text);
  }

  #serialise(value: unknown, indent: string): string {
    return JSON.stringify(value, null, this.#unit()).replaceAll('\n', this.#eol + indent);
  }

  /** One step of indentation, as the file has it. */
  #unit(): string {
    return /^([ \t]+)["{[\]}]/m.exec(this.#text)?.[1] ?? '  ';
  }

  #indentAt(offset: number): string {
    return /^[ \t]*/.exec(this.#text.slice(this.#text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
  }

  #isFirstOnLine(offset: number): boolean {
    return this.#text.slice(this.#text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '' && offset > 0;
  }

  #broken(offset: number, reason: string): BrokenJsonError {
    return brokenAt(this.#text, offset, reason);
  }
}

/** Of a key that stands twice the last one counts, as in VS Code. */
function propertyOf(object: Node, key: string): Node | undefined {
  return object.children?.findLast((property) => property.children?.[0]?.value === key);
}

function parse(text: string): Node {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first) throw brokenAt(text, first.offset, printParseErrorCode(first.error));
  if (!root) throw brokenAt(text, 0, 'ValueExpected');
  return root;
}

function hasErrors(text: string): boolean {
  const errors: ParseError[] = [];
  parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  return errors.length > 0;
}

function brokenAt(text: string, offset: number, reason: string): BrokenJsonError {
  const lines = text.slice(0, offset).split('\n');
  return new BrokenJsonError(lines.length, (lines.at(-1)?.length ?? 0) + 1, reason);
}

function joined(comments: string, value: string, eol: string): string {
  return comments.trim() === '' ? value + eol : comments.trimEnd() + eol + value + eol;
}

/** Where the comma is, past blanks and comments; -1 when there is none. */
function commaIn(text: string): number {
  return (/^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*,/.exec(text)?.[0].length ?? 0) - 1;
}
