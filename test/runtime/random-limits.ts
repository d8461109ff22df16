/**
 * Random workflows whose steps take resources, with limits on the run and on groups, phases and maps in it, written as files; and, apart from
 * what reads them, which limits stand around which step.
 */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import type { ResourceLimits } from '../../src/policy/resource-amounts.ts';
import type { Task } from '../../src/protocol/task.ts';
import { loaded } from '../definition/diagnosed.ts';
import type { Play } from './play.ts';

/** What stands around a step and limits something; `depth`: in how many maps it stands. */
interface Enclosing {
  readonly id: string;
  readonly depth: number;
  readonly limits: ResourceLimits;
}

/** A play with limits. */
export interface LimitedPlay extends Play {
  /** The file, for whoever looks into a failure. */
  readonly text: string;
  /** By id of a step, the outermost first. */
  readonly around: ReadonlyMap<string, readonly Enclosing[]>;
}

type Block =
  | { readonly kind: 'task'; readonly needs: string; readonly more: string }
  | { readonly kind: 'group' | 'map'; readonly type: string; readonly limits: ResourceLimits; readonly blocks: readonly Block[] };

/** Nobody needs more than the least that is allowed: 3. */
const NEEDS = [
  '{ memory_mb: 1 }',
  '{ memory_mb: 3 }',
  '{ memory_mb: 2, io: 1, locks: db }',
  '{ io: 2, locks: { db: shared } }',
  '{ tokens: 2, memory_mb: 1 }',
  '{ locks: [db, site], priority: high }',
  '{ priority: low, memory_mb: 2 }',
  '',
];
const MORE = ['', '', ', retries: 1', ', timeout: 15ms', ', on_failure: best_effort', ', recovery: [{ use: retry_agent, budget: 1 }]'];
const TYPES = ['parallel', 'parallel', 'sequence', 'group', 'phase'];

const limits: fc.Arbitrary<ResourceLimits> = fc.record(
  { memoryMb: fc.integer({ min: 3, max: 6 }), io: fc.integer({ min: 2, max: 3 }), concurrency: fc.integer({ min: 1, max: 4 }) },
  { requiredKeys: [] },
);
const { block } = fc.letrec<{ block: Block; holder: Block; leaf: Block }>((tie) => ({
  block: fc.oneof({ maxDepth: 3, withCrossShrink: true }, { weight: 3, arbitrary: tie('leaf') }, { weight: 2, arbitrary: tie('holder') }),
  leaf: fc.record({ kind: fc.constant('task' as const), needs: fc.constantFrom(...NEEDS), more: fc.constantFrom(...MORE) }),
  holder: fc.record({
    kind: fc.constantFrom('group' as const, 'group' as const, 'map' as const),
    type: fc.constantFrom(...TYPES),
    limits,
    blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }),
  }),
}));
const answers: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { weight: 4, arbitrary: fc.nat(20).map((after): ScriptedAnswer => ({ after, output: 1, usage: { tokens: after % 4 } })) },
  { weight: 1, arbitrary: fc.nat(20).map((after): ScriptedAnswer => ({ after, fail: 'no' })) },
  { weight: 1, arbitrary: fc.nat(20).map((after): ScriptedAnswer => ({ after, throw: 'broken' })) },
);

const written = ({ memoryMb, io, concurrency }: ResourceLimits): string =>
  `{ ${Object.entries({ memory_mb: memoryMb, io, concurrency })
    .flatMap(([name, limit]) => (limit === undefined ? [] : [`${name}: ${limit}`]))
    .join(', ')} }`;

/** Plays with limits. */
export const limitedPlays: fc.Arbitrary<LimitedPlay> = fc
  .record({
    limits,
    blocks: fc.array(block, { minLength: 2, maxLength: 4 }),
    script: fc.array(fc.array(answers, { minLength: 1, maxLength: 2 }), { minLength: 4, maxLength: 4 }),
    maxConcurrency: fc.integer({ min: 2, max: 6 }),
  })
  .map(({ limits: ofRun, blocks, script, maxConcurrency }) => {
    let count = 0;
    const around = new Map<string, readonly Enclosing[]>();
    const write = (blocks: readonly Block[], enclosing: readonly Enclosing[], depth: number): string =>
      `[${blocks
        .map((each) => {
          const id = `s${count++}`;
          if (each.kind === 'task') {
            around.set(id, enclosing);
            return `{ id: ${id}, type: persona-request, persona: p${each.needs === '' ? '' : `, requires: ${each.needs}`}${each.more} }`;
          }
          const inside = [...enclosing, { id, depth, limits: each.limits }];
          const head = each.kind === 'map' ? 'type: map, over: "[1, 2]", tolerate: 2' : `type: ${each.type}`;
          return `{ id: ${id}, ${head}, limits: ${written(each.limits)}, steps: ${write(each.blocks, inside, depth + (each.kind === 'map' ? 1 : 0))} }`;
        })
        .join(', ')}]`;
    const steps = write(blocks, [{ id: '', depth: 0, limits: ofRun }], 0);
    const text = `name: limited\non_failure: continue\nlimits: ${written(ofRun)}\nsteps: ${steps}\n`;
    const scripts = Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, script[n % script.length] ?? []]));
    return { workflow: loaded(text), text, around, script: scripts, maxConcurrency };
  });

/** Watches tasks at work: says what is above a limit, as `memoryMb of s1: 7 of 6`. */
export class LimitWatch {
  readonly above: string[] = [];
  readonly #around: LimitedPlay['around'];
  readonly #inUse = new Map<string, number>();

  constructor({ around }: Pick<LimitedPlay, 'around'>) {
    this.#around = around;
  }

  begin(task: Task): void {
    this.#count(task, 1);
  }

  end(task: Task): void {
    this.#count(task, -1);
  }

  #count({ step, needs = {} }: Task, sign: 1 | -1): void {
    const segments = step.split('/');
    for (const { id, depth, limits: allowed } of this.#around.get(segments.at(-1) ?? '') ?? []) {
      const place = [...segments.slice(0, depth), id].join('/');
      for (const [kind, taken] of Object.entries({ memoryMb: needs.memoryMb ?? 0, io: needs.io ?? 0, concurrency: 1 })) {
        const use = (this.#inUse.get(`${kind} of ${place}`) ?? 0) + sign * taken;
        this.#inUse.set(`${kind} of ${place}`, use);
        const limit = allowed[kind as 'memoryMb' | 'io' | 'concurrency'];
        if (limit !== undefined && use > limit) this.above.push(`${kind} of ${place}: ${use} of ${limit}`);
      }
    }
  }
}
