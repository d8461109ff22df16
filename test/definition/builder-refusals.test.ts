// What cannot hold of steps that share, meet, vote and fan out is refused when the workflow is built, under the codes it has in a file.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { when } from '../../src/definition/reference-logic.ts';
import { errorData } from '../../src/protocol/errors.ts';

/** A builder as a program without types uses it. */
type Untyped = {
  [Method in 'step' | 'set' | 'parallel' | 'sequence' | 'group' | 'syncPoint' | 'vote' | 'map']: (
    id: string,
    options: object,
    body?: (steps: Untyped) => Untyped,
  ) => Untyped;
} & {
  build: () => unknown;
};

const untyped = (head: object = {}) =>
  (defineWorkflow({ name: 'x', shared: { plan: '' }, ...head }) as unknown as Untyped)
    .step('a', { persona: 'p', output: z.object({ files: z.array(z.string()) }) })
    .step('b', { persona: 'p' });
const two = (members: Untyped) => members.step('m1', { persona: 'p' }).step('m2', { persona: 'p' });
const p = { persona: 'p' };
type Scope = { readonly steps: { readonly a: { readonly files: never } }; readonly input: never };

function told(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    const { code, message, details, hint = '' } = errorData(error);
    return `${code} ${JSON.stringify(details?.codes ?? [])} ${message} ${hint}`;
  }
  return 'no problem';
}

describe('refused', () => {
  it.each<[string, (workflow: Untyped) => Untyped, string]>([
    ['a quorum larger than the group', (w) => w.parallel('g', { waitFor: 'quorum', quorum: 3 }, two), 'QUORUM_IMPOSSIBLE'],
    ['no quorum where one is waited for', (w) => w.parallel('g', { waitFor: 'quorum' }, two), 'KEY_MISSING'],
    ['a quorum that nobody waits for', (w) => w.group('g', { quorum: 1 }, two), 'DECLARATION_CONFLICT'],
    ['no deadline where one is waited for', (w) => w.group('g', { waitFor: 'deadline' }, two), 'KEY_MISSING'],
    ['a deadline that nobody waits for', (w) => w.group('g', { waitFor: 'all', deadline: '1m' }, two), 'DECLARATION_CONFLICT'],
    ['a quorum of none', (w) => w.group('g', { waitFor: 'quorum', quorum: 0 }, two), 'VALUE_RANGE'],
    ['half a member at once', (w) => w.group('g', { maxConcurrent: 0.5 }, two), 'VALUE_RANGE'],
    ['falling back from a sequence', (w) => w.sequence('g', { onFailure: 'fall_back_sequential' }, two), 'DECLARATION_CONFLICT'],
    ['falling back after any', (w) => w.group('g', { waitFor: 'any', onFailure: 'fall_back_sequential' }, two), 'DECLARATION_CONFLICT'],
    ['an option of variables that nobody reads', (w) => w.set('s', { x: 1 }, { when: 'true' } as never), 'KEY_UNKNOWN'],
    ['options that are none', (w) => w.parallel('g', undefined as never, two), 'VALUE_TYPE'],
    ['an option that nobody reads', (w) => w.step('s', { ...p, timout: '1m' }), 'KEY_UNKNOWN'],
    ['a store of another shape', (w) => w.step('s', { ...p, store: { plan: 'x' } }), 'KEY_UNKNOWN'],
    ['less than nothing needed', (w) => w.step('s', { ...p, needs: { memoryMb: -1 } }), 'VALUE_RANGE'],
    ['a need in words', (w) => w.step('s', { ...p, needs: { memoryMb: 'much' } }), 'VALUE_TYPE'],
    ['a map over a number', (w) => w.map('m', { over: '3' }, two), 'VALUE_TYPE'],
    ['guidance for nobody', (w) => w.group('g', { conflicts: { guidance: 'be kind' } }, two), 'DECLARATION_CONFLICT'],
    ['a group of nobody', (w) => w.parallel('g', {}, (members) => members), 'VALUE_RANGE'],
    ['guidance by nobody', (w) => w.group('g', { conflicts: { ladder: ['guided'] } }, two), 'DECLARATION_CONFLICT'],
    ['a ladder without rungs', (w) => w.group('g', { conflicts: { ladder: [] } }, two), 'VALUE_RANGE'],
    ['a rung twice', (w) => w.group('g', { conflicts: { ladder: ['person', 'person'] } }, two), 'KEY_DUPLICATE'],
    ['a member of a sync point that is not there', (w) => w.syncPoint('s', { members: ['a', 'bb'] }), 'MEMBER_UNKNOWN'],
    ['a member of another group', (w) => w.group('g', {}, two).syncPoint('s', { members: ['m1'] }), 'MEMBER_UNKNOWN'],
    ['a sync point that waits for itself', (w) => w.syncPoint('s', { members: ['a', 's'] }), 'JOIN_IMPOSSIBLE'],
    ['nobody who meets', (w) => w.syncPoint('s', { members: [] }), 'VALUE_RANGE'],
    ['a checkpoint without a threshold', (w) => w.syncPoint('s', { kind: 'progress_checkpoint', members: ['a'] }), 'KEY_MISSING'],
    ['more than all of the work', (w) => w.syncPoint('s', { kind: 'progress_checkpoint', members: ['a'], threshold: 101 }), 'VALUE_RANGE'],
    ['a threshold of a barrier', (w) => w.syncPoint('s', { members: ['a'], threshold: 50 }), 'DECLARATION_CONFLICT'],
    ['a gate without a check', (w) => w.syncPoint('s', { kind: 'quality_gate', members: ['a'] }), 'KEY_MISSING'],
    ['a check that is none', (w) => w.syncPoint('s', { kind: 'quality_gate', members: ['a'], check: '1 +' }), 'EXPRESSION_INVALID'],
    ['a vote of one', (w) => w.vote('v', { personas: ['p'] }), 'VALUE_RANGE'],
    ['a vote of nobody', (w) => w.vote('v', { persona: 'p' }), 'VALUE_RANGE'],
    ['two ways to say who votes', (w) => w.vote('v', { personas: ['p', 'q'], voters: 2 }), 'DECLARATION_CONFLICT'],
    ['more answers than voters', (w) => w.vote('v', { ...p, voters: 2, quorum: 3 }), 'QUORUM_IMPOSSIBLE'],
    ['a judged vote without a judge', (w) => w.vote('v', { ...p, voters: 2, rule: 'judged' }), 'KEY_MISSING'],
    ['a weighted vote without weights', (w) => w.vote('v', { ...p, voters: 2, rule: 'weighted' }), 'KEY_MISSING'],
    ['weights that say nothing', (w) => w.vote('v', { personas: ['p', 'q'], weights: { p: 2 } }), 'DECLARATION_CONFLICT'],
    ['a weight of somebody else', (w) => w.vote('v', { personas: ['p', 'q'], rule: 'weighted', weights: { r: 2 } }), 'NAME_UNKNOWN'],
    ['a weight below nothing', (w) => w.vote('v', { personas: ['p', 'q'], rule: 'weighted', weights: { p: -1 } }), 'VALUE_RANGE'],
    ['a choice that is calculated', (w) => w.vote('v', { ...p, voters: 2, choice: (a: never) => when.not(a) }), 'VALUE_UNKNOWN'],
    ['a list that is none', (w) => w.map('m', { over: '1 +' }, two), 'EXPRESSION_INVALID'],
    ['a map of an unknown step', (w) => w.map('m', { over: 'steps.aa.files' }, two), 'NAME_UNKNOWN'],
    ['no item at once', (w) => w.map('m', { over: '[1]', maxConcurrent: 0 }, two), 'VALUE_RANGE'],
    ['more than all that may fail', (w) => w.map('m', { over: '[1]', tolerate: '101%' }, two), 'VALUE_RANGE'],
    ['fewer than none that may fail', (w) => w.map('m', { over: '[1]', tolerate: -1 }, two), 'VALUE_RANGE'],
    ['items called by a name that is taken', (w) => w.map('m', { over: '[1]', as: 'steps' }, two), 'VALUE_UNKNOWN'],
    [
      'a mistake in the body of a map',
      (w) => w.map('m', { over: '[1]' }, (s) => s.step('c', { ...p, condition: 'steps.cc' })),
      'NAME_UNKNOWN',
    ],
    ['an id twice in the body of a map', (w) => w.map('m', { over: '[1]' }, (s) => s.step('c', p).step('c', p)), 'STEP_DUPLICATE_ID'],
    [
      'a step of a map, read from outside',
      (w) => w.map('m', { over: '[1]' }, two).step('c', { ...p, condition: 'steps.m1' }),
      'NAME_UNKNOWN',
    ],
    [
      'an edge with a condition that is not conditional',
      (w) => w.step('c', { ...p, after: { step: 'a', kind: 'soft', when: 'true' } }),
      'DECLARATION_CONFLICT',
    ],
    [
      'an edge to a member of another group',
      (w) => w.group('g', {}, two).step('c', { ...p, after: { step: 'm1', kind: 'soft' } }),
      'DEPENDENCY_UNKNOWN',
    ],
    ['a path that is none', (w) => w.step('c', { ...p, after: { step: 'a', data: 'files..x' } }), 'VALUE_UNKNOWN'],
    [
      'an input that is calculated',
      (w) => w.step('c', { ...p, inputs: ({ steps }: Scope) => ({ n: when.not(steps.a.files) }) }),
      'VALUE_UNKNOWN',
    ],
    ['an input that is a text', (w) => w.step('c', { ...p, inputs: { n: 'steps.a' } }), 'VALUE_UNKNOWN'],
    [
      'an input that is a param, too',
      (w) => w.step('c', { ...p, params: { n: 1 }, inputs: ({ input }: Scope) => ({ n: input }) }),
      'DECLARATION_CONFLICT',
    ],
    ['a key nobody has', (w) => w.step('c', { ...p, reads: ['plna'] }), 'NAME_UNKNOWN'],
    ['a key twice', (w) => w.step('c', { ...p, writes: ['plan', 'plan'] }), 'KEY_DUPLICATE'],
    ['a key that is none', (w) => w.step('c', { ...p, writes: ['a.b'] }), 'VALUE_UNKNOWN'],
    ['stale reads of nothing', (w) => w.step('c', { ...p, onStale: 'fail' }), 'DECLARATION_CONFLICT'],
    ['a service that is needed twice', (w) => w.step('c', { ...p, needs: { services: ['x', 'x'] } }), 'KEY_DUPLICATE'],
    ['needs of nothing', (w) => w.step('c', { ...p, needs: { memoryMb: 0 } }), 'VALUE_RANGE'],
    [
      'two who write the same key at once, with nothing said of conflicts',
      (w) => w.parallel('g', {}, (g) => g.step('c', { ...p, writes: ['plan'] }).step('d', { ...p, writes: ['plan'] })),
      'WRITES_OVERLAP',
    ],
    ['a compensation by nobody', (w) => w.step('c', { ...p, compensate: {} }), 'KEY_MISSING'],
  ])('%s', (_what, add, code) => {
    expect(told(() => add(untyped()).build())).toMatch(new RegExp(`^DEFINITION_INVALID \\["${code}"\\]`, 'u'));
  });

  it('needs above what the limits allow at all', () => {
    const build = () =>
      untyped({ limits: { memoryMb: 512 } })
        .step('c', { ...p, needs: { memoryMb: 1024 } })
        .build();
    expect(told(build)).toContain('["DEMAND_ABOVE_LIMIT"]');
  });

  it('limits that allow nothing, and values that no JSON is', () => {
    expect(told(() => untyped({ limits: { tokensPerMinute: 0 } }).build())).toContain('["VALUE_RANGE"]');
    expect(told(() => untyped({ limits: { capabilities: { gpu: -1 } } }).build())).toContain('["VALUE_RANGE"]');
    expect(told(() => untyped({ input: z.object({ at: z.date() }) }).build())).toContain('the input "at" is not a schema of plain JSON');
    const transformed = { ...p, output: z.string().transform(Number) };
    expect(told(() => untyped().step('c', transformed))).toContain('the output of "c" is not a schema of plain JSON');
  });
});

it('all mistakes of a workflow are told at once, those in the bodies of maps included', () => {
  const build = () =>
    untyped()
      .parallel('g', { waitFor: 'quorum', quorum: 9 }, two)
      .syncPoint('s', { members: ['aa'] })
      .map('m', { over: '[1]' }, (steps) => steps.vote('v', { ...p, voters: 2, quorum: 3 }))
      .build();
  expect(told(build)).toContain('["MEMBER_UNKNOWN","QUORUM_IMPOSSIBLE","QUORUM_IMPOSSIBLE"]');
});

it('what is right is not refused', () => {
  const built = untyped()
    .parallel('g', { waitFor: 'deadline', deadline: 1, quorum: 2, onFailure: 'compensate', maxConcurrent: 1 }, two)
    .syncPoint('s', { kind: 'progress_checkpoint', members: ['a', 'g'], threshold: 100 })
    .vote('v', { personas: ['p', 'p'], rule: 'weighted', weights: { p: 0.5 }, quorum: 2 })
    .map('m', { over: 'steps.a.files', tolerate: 0 }, (steps) => steps.step('a', { ...p, condition: 'item != index' }))
    .step('c', { ...p, after: ['s', { step: 'v', data: 'answer.files[0]' }], reads: ['plan'], onStale: 'fail' })
    .build();
  expect(JSON.parse(JSON.stringify(built))).toEqual(built);
});
