import { describe, expect, it } from 'vitest';
import { type SourceFile, typescriptFiles } from './source-tree.ts';
import { everyNode, importsOf, lineAt, nameOf, parse, type SyntaxNode } from './syntax.ts';

// What a run is made of. Replaying its facts must give the same state, so nothing here may look at the world.
const PURE_ROOMS = ['src/protocol', 'src/policy', 'src/planning', 'src/machines'];
const NO_TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch']);
const WORLD = /^(?:Date\.now|performance\.now|Math\.random|crypto\.\w+|process\.\w+|globalThis\.\w+)$/;

function looksAtTheWorld(node: SyntaxNode): string | null {
  if (node.type === 'MemberExpression') {
    const name = `${nameOf(node.object)}.${nameOf(node.property)}`;
    return WORLD.test(name) ? name : null;
  }
  if (node.type === 'AwaitExpression' || node.async === true) return 'asynchronous';
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'Date' && (node.arguments as readonly unknown[]).length === 0)
    return 'new Date()';
  return node.type === 'CallExpression' && NO_TIMERS.has(nameOf(node.callee) ?? '') ? `${nameOf(node.callee)}()` : null;
}

function impurities({ path, text }: SourceFile): string[] {
  const nodeModules = importsOf(text).filter(({ specifier }) => specifier.startsWith('node:'));
  return [
    ...nodeModules.map(({ specifier, line }) => `${path}:${line}: ${specifier}`),
    ...[...everyNode(parse(text))].flatMap((node) => {
      const seen = looksAtTheWorld(node);
      return seen === null ? [] : [`${path}:${lineAt(text, node.start)}: ${seen}`];
    }),
  ];
}

describe('what a run is made of', () => {
  it('never reads a clock, rolls dice, touches a file or awaits a promise', () => {
    expect(typescriptFiles(...PURE_ROOMS).flatMap(impurities)).toEqual([]);
  });

  it.each([
    ['const now = Date.now();', 1],
    ['const now = new Date();', 1],
    ['const at = new Date(fact.at);', 0],
    ['const dice = Math.random();', 1],
    ["import { readFileSync } from 'node:fs';", 1],
    ['const later = async () => 1;', 1],
    ['setTimeout(go, 0);', 1],
    ['const wait: (ms: number) => Promise<void> = context.sleep;', 0],
  ])('impurities in %s: %i', (text, count) => {
    expect(impurities({ path: 'a.ts', text })).toHaveLength(count);
  });
});
