/** Habits that make tests slow, flaky or silently absent. */
import type { SourceFile } from './source-tree.ts';
import { everyNode, isNode, lineAt, nameOf, parse, type SyntaxNode } from './syntax.ts';

const LONGEST_PAUSE_MS = 9;
const SUITES = new Set(['it', 'test', 'describe', 'suite', 'bench']);
const ABSENT = new Set(['skip', 'only', 'todo', 'skipIf', 'runIf', 'fails']);

/** Local names under which a text knows the timers that pause: `setTimeout` and what it is imported as. */
function pauseNames(tree: SyntaxNode): Set<string> {
  const names = new Set(['setTimeout']);
  for (const node of everyNode(tree)) {
    if (node.type === 'ImportSpecifier' && nameOf(node.imported) === 'setTimeout') names.add(nameOf(node.local) ?? 'setTimeout');
  }
  return names;
}

// A timer that only fails the test when something hangs is a guard, not a pause: nobody waits for it when all is well.
function isGuard(call: SyntaxNode): boolean {
  const callback = (call.arguments as readonly unknown[])[0];
  if (!isNode(callback)) return false;
  return [...everyNode(callback)].some(
    (node) => node.type === 'CallExpression' && /^(?:reject|abort|kill|fail)$/.test(nameOf(node.callee) ?? ''),
  );
}

/** Each pause of ten milliseconds or more, as `file:line: why`. */
export function sleeps({ path, text }: SourceFile): string[] {
  const tree = parse(text);
  const names = pauseNames(tree);
  return [...everyNode(tree)].flatMap((node) => {
    if (node.type !== 'CallExpression' || !names.has(nameOf(node.callee) ?? '') || isGuard(node)) return [];
    const numbers = (node.arguments as readonly unknown[]).map((value) =>
      isNode(value) && value.type === 'Literal' ? Number(value.value) : 0,
    );
    return numbers.some((ms) => ms > LONGEST_PAUSE_MS) ? [`${path}:${lineAt(text, node.start)}: a sleep`] : [];
  });
}

const rootName = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined;
  return node.type === 'MemberExpression' ? rootName(node.object) : node.type === 'CallExpression' ? rootName(node.callee) : nameOf(node);
};

/** Each test that is skipped, singled out or promised for later, as `file:line: why`. */
export function absentTests({ path, text }: SourceFile): string[] {
  return [...everyNode(parse(text))].flatMap((node) => {
    const modifier = node.type === 'MemberExpression' ? nameOf(node.property) : undefined;
    if (modifier === undefined || !ABSENT.has(modifier) || !SUITES.has(rootName(node.object) ?? '')) return [];
    return [`${path}:${lineAt(text, node.start)}: ${rootName(node.object)}.${modifier}`];
  });
}
