/** Random workflows whose run, groups, maps and tasks have budgets, and what their tasks use: for laws about accounts. */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { Play } from './play.ts';

/** What is expected of an attempt of a task that says nothing, wherever a budget is. */
const USUAL = 7;

interface Budget {
  readonly tokens: number;
  readonly asks: boolean;
}

interface Answer {
  readonly after: number;
  readonly fails: boolean;
  readonly tokens: number | null;
}

interface Node {
  readonly kind: 'task' | 'parallel' | 'sequence' | 'map';
  readonly budget: Budget | null;
  readonly need: number | null;
  readonly retries: number;
  readonly answers: readonly Answer[];
  readonly members: readonly Node[];
}

/** A task as the laws look at it. */
export interface SpendingTask {
  /** What an attempt of it reserves; 0 where nothing around it has a budget. */
  readonly need: number;
  /** Accounts around it, the innermost first, that of the run last. */
  readonly accounts: readonly string[];
}

export interface BudgetPlay extends Play {
  /** By path of a task. */
  readonly tasks: ReadonlyMap<string, SpendingTask>;
}

const budget = fc.option(fc.record({ tokens: fc.integer({ min: 1, max: 80 }), asks: fc.boolean() }), { freq: 2 });
const leaf = {
  budget,
  need: fc.option(fc.integer({ min: 1, max: 40 })),
  retries: fc.nat(2),
  answers: fc.array(fc.record({ after: fc.constantFrom(0, 5, 20), fails: fc.boolean(), tokens: fc.option(fc.nat(50)) }), {
    minLength: 1,
    maxLength: 3,
  }),
};
const task: fc.Arbitrary<Node> = fc.record({ ...leaf, kind: fc.constant('task' as const), members: fc.constant([]) });
const holding = (members: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
  fc.record({
    ...leaf,
    kind: fc.constantFrom('parallel' as const, 'sequence' as const, 'map' as const),
    members: fc.array(members, { minLength: 1, maxLength: 3 }),
  });

class Writer {
  readonly script: Record<string, ScriptedAnswer[]> = {};
  readonly tasks = new Map<string, SpendingTask>();
  readonly #isLimited: boolean;
  #count = 0;

  /** `isLimited`: whether the run has a budget. */
  constructor(isLimited: boolean) {
    this.#isLimited = isLimited;
  }

  /** The lines of a step; `prefixes`: what stands before its path, once for each item of the maps around it. */
  lines(node: Node, indent: string, prefixes: readonly string[], around: readonly string[][]): string[] {
    const id = `${node.kind.charAt(0)}${this.#count++}`;
    const own = around.map((accounts, i) => (node.budget === null ? accounts : [`${prefixes[i] ?? ''}${id}`, ...accounts]));
    const money = node.budget === null ? '' : `, budget: ${budgetText(node.budget)}`;
    if (node.kind === 'task') {
      for (const [i, prefix] of prefixes.entries()) {
        const accounts = own[i] ?? [];
        const usual = this.#isLimited || accounts.length > 1 ? USUAL : 0;
        this.tasks.set(`${prefix}${id}`, { need: node.need ?? usual, accounts });
      }
      this.script[id] = node.answers.map(({ after, fails, tokens }) => ({
        ...(fails ? { fail: 'no' } : { output: id }),
        after,
        ...(tokens === null ? {} : { usage: { tokens } }),
      }));
      const need = node.need === null ? '' : `, requires: { tokens: ${node.need} }`;
      return [`${indent}- { id: ${id}, type: persona-request, persona: p, retries: { max: ${node.retries}, delay: 1ms }${need}${money} }`];
    }
    const isMap = node.kind === 'map';
    const inner = isMap ? prefixes.flatMap((prefix) => [`${prefix}${id}[0]/`, `${prefix}${id}[1]/`]) : prefixes;
    const head = `${indent}- { id: ${id}, type: ${node.kind}${isMap ? ', over: "[1, 2]", tolerate: 2' : ', on_failure: best_effort'}${money}, steps: [`;
    const members = node.members.map((member) =>
      this.lines(member, '', inner, isMap ? own.flatMap((each) => [each, each]) : own)
        .join('')
        .replace('- ', ''),
    );
    return [`${head}${members.join(', ')}] }`];
  }
}

const budgetText = ({ tokens, asks }: Budget) => `{ tokens: ${tokens}, attempt: ${USUAL}${asks ? ', on_spent: ask' : ''} }`;

/** A workflow with budgets here and there; the run has one or not. */
export const randomBudgets: fc.Arbitrary<BudgetPlay> = fc
  .record({
    whole: budget,
    nodes: fc.array(fc.oneof(task, holding(fc.oneof(task, holding(task)))), { minLength: 1, maxLength: 4 }),
    maxConcurrency: fc.constantFrom(1, 2, 5),
  })
  .map(({ whole, nodes, maxConcurrency }) => {
    const writer = new Writer(whole !== null);
    const steps = nodes.flatMap((node) => writer.lines(node, '  ', [''], [['']]));
    const money = whole === null ? '' : `budget: ${budgetText(whole)}\n`;
    const text = `name: random\non_failure: best_effort\n${money}steps:\n${steps.join('\n')}\n`;
    const { workflow, diagnostics } = loadWorkflowSync(text, { text: true });
    if (workflow === null) throw new Error(`${text}\n${JSON.stringify(diagnostics, null, 1)}`);
    return { workflow, script: writer.script, maxConcurrency, tasks: writer.tasks };
  });
