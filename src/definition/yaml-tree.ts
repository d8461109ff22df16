import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Json } from '../protocol/json.ts';
import { isForbiddenName } from './own-data.ts';
import { quoted } from './printable.ts';
import type { ProblemList } from './problem-list.ts';
import type { SourceEntry, SourceNode } from './source-node.ts';

/** Maps and lists may stand in each other this deep, aliases resolved; real workflow files reach 10. */
export const MAX_YAML_DEPTH = 64;

/** Uses of `*alias` in one file. */
const MAX_YAML_ALIASES = 20;

/** Values that aliases may add to a file: what keeps "a billion laughs" small. */
const MAX_YAML_EXPANSION = 100_000;

const TOO_DEEP = `maps and lists are nested more than ${MAX_YAML_DEPTH} deep`;

interface Sized {
  readonly node: SourceNode;
  /** Values in it, aliases resolved. */
  readonly size: number;
  /** Collections inside each other, aliases resolved. */
  readonly height: number;
}

/**
 * Turns a parsed document into the positioned tree that readers work on: plain JSON with the offset of every key and value.
 * Returns null when the document holds something that plain JSON does not have, a key twice, a forbidden key, or too many aliases.
 */
export function sourceTree(document: Document.Parsed<ParsedNode>, problems: ProblemList): SourceNode | null {
  const builder = new TreeBuilder(problems);
  const tree = document.contents === null ? null : builder.build(document.contents);
  if (tree !== null && tree.height > MAX_YAML_DEPTH) builder.refuse(tree.node.at, TOO_DEEP);
  return builder.failed ? null : (tree?.node ?? null);
}

class TreeBuilder {
  failed = false;
  private readonly problems: ProblemList;
  private readonly anchors = new Map<string, Sized | 'open'>();
  private aliases = 0;
  private expansion = 0;
  private limitReported = false;

  constructor(problems: ProblemList) {
    this.problems = problems;
  }

  build(node: ParsedNode): Sized {
    const anchor = isAlias(node) ? undefined : node.anchor;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const built = this.buildNode(node);
    if (anchor !== undefined) this.anchors.set(anchor, built);
    return built;
  }

  private buildNode(node: ParsedNode): Sized {
    if (isMap(node)) return this.buildMap(node as YAMLMap.Parsed);
    if (isSeq(node)) return this.buildList(node as YAMLSeq.Parsed);
    if (isAlias(node)) return this.resolve(node as Alias.Parsed);
    return this.buildScalar(node as Scalar.Parsed);
  }

  private buildMap(map: YAMLMap.Parsed): Sized {
    const value: Record<string, Json> = {};
    const entries = new Map<string, SourceEntry>();
    let size = 1;
    let height = 0;
    for (const pair of map.items) {
      const key = this.keyOf(pair.key, map.range[0]);
      const keyAt = pair.key.range[0];
      const built = pair.value === null ? emptyAt(pair.key.range[1]) : this.build(pair.value);
      if (key === null) continue;
      if (entries.has(key)) this.fail({ code: 'KEY_DUPLICATE', at: keyAt, message: `the key ${quoted(key)} is given twice` });
      entries.set(key, { keyAt, node: built.node });
      value[key] = built.node.value;
      size += built.size;
      height = Math.max(height, built.height);
    }
    return { node: { value, at: map.range[0], textAt: -1, entries }, size, height: height + 1 };
  }

  private buildList(list: YAMLSeq.Parsed): Sized {
    const items: SourceNode[] = [];
    let size = 1;
    let height = 0;
    for (const item of list.items) {
      // a pair inside a list (`[a: 1]`) is composed as a map of one entry; anything else here is a node
      const built = this.build(item as ParsedNode);
      items.push(built.node);
      size += built.size;
      height = Math.max(height, built.height);
    }
    return { node: { value: items.map((item) => item.value), at: list.range[0], textAt: -1, items }, size, height: height + 1 };
  }

  private buildScalar(scalar: Scalar.Parsed): Sized {
    const at = scalar.range[0];
    const value = this.scalarValue(scalar, at);
    return { node: { value, at, textAt: typeof value === 'string' ? this.textAt(value, at) : -1 }, size: 1, height: 0 };
  }

  private scalarValue(scalar: Scalar.Parsed, at: number): Json {
    const value: unknown = scalar.value;
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) {
        this.fail({ code: 'VALUE_TYPE', at, message: 'infinity and not-a-number are not values that a workflow can hold' });
      } else if (losesDigits(scalar.source ?? '', value)) {
        const message = 'this number is too large to be kept exactly';
        this.problems.add({ code: 'VALUE_RANGE', severity: 'warning', at, message, hint: 'write it in quotes' });
      }
      return Object.is(value, -0) ? 0 : value;
    }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    this.fail({ code: 'YAML_TAG', at, message: 'this is not a plain value' });
    return null;
  }

  private textAt(value: string, at: number): number {
    const { text } = this.problems.source;
    if (text.startsWith(value, at)) return at;
    return text.startsWith(value, at + 1) && (text[at] === '"' || text[at] === "'") ? at + 1 : -1;
  }

  private keyOf(key: ParsedNode, mapAt: number): string | null {
    if (!isScalar(key)) {
      const hint = this.problems.source.text.startsWith('{{', mapAt) ? 'a template needs quotes: "{{…}}"' : 'write the key as plain text';
      this.fail({ code: 'YAML_SYNTAX', at: key.range[0], message: 'a map, list or alias cannot be a key', hint });
      return null;
    }
    const { value, source = '' } = key as Scalar.Parsed;
    const name = typeof value === 'string' ? value : source;
    if (value === null && source === '') {
      this.fail({ code: 'YAML_SYNTAX', at: key.range[0], message: 'a key is missing before ":"' });
      return null;
    }
    if (name === '<<') {
      const message = 'merge keys are not part of the YAML that workflows are written in';
      this.fail({ code: 'KEY_FORBIDDEN', at: key.range[0], message, hint: 'repeat the entries, or use an alias for the whole value' });
    } else if (isForbiddenName(name)) {
      this.fail({ code: 'KEY_FORBIDDEN', at: key.range[0], message: `the key ${quoted(name)} is not allowed anywhere` });
    }
    return isForbiddenName(name) ? null : name;
  }

  private resolve(alias: Alias.Parsed): Sized {
    const at = alias.range[0];
    this.aliases += 1;
    if (this.aliases > MAX_YAML_ALIASES) return this.refuse(at, `the file uses more than ${MAX_YAML_ALIASES} aliases`);
    const target = this.anchors.get(alias.source);
    if (target === undefined || target === 'open') {
      const message =
        target === 'open'
          ? `the alias *${alias.source} stands inside what it stands for`
          : `nothing before this is marked &${alias.source}`;
      this.fail({ code: 'YAML_SYNTAX', at, message });
      return emptyAt(at);
    }
    this.expansion += target.size;
    if (this.expansion > MAX_YAML_EXPANSION) return this.refuse(at, 'aliases make the file too large');
    if (target.height > MAX_YAML_DEPTH) return this.refuse(at, TOO_DEEP);
    return target;
  }

  /** Reports the first limit that is exceeded: once one is, the others say nothing new. */
  refuse(at: number, message: string): Sized {
    if (!this.limitReported) this.fail({ code: 'YAML_LIMIT', at, message });
    this.limitReported = true;
    return emptyAt(at);
  }

  private fail(problem: Parameters<ProblemList['add']>[0]): void {
    this.failed = true;
    this.problems.add(problem);
  }
}

function losesDigits(source: string, value: number): boolean {
  if (Number.isSafeInteger(value) || !/^-?\d{16,400}$/u.test(source)) return false;
  return String(value) !== source && BigInt(source) !== BigInt(value);
}

function emptyAt(at: number): Sized {
  return { node: { value: null, at, textAt: -1 }, size: 1, height: 0 };
}
