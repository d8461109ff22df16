/** Random questions to people, and what people say to them: right and wrong, twice, late, passed on, to questions that are over. */
import fc from 'fast-check';
import type { ApprovalStep, MapStep, Step, Workflow } from '../../src/definition/workflow.ts';
import type { Happening } from '../../src/testing/simulate.ts';
import { task, workflowOf } from './linear.ts';

const MINUTE = 60_000;
const PEOPLE = ['ann', 'ben', 'cleo'] as const;
const FORM = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] };

/** A workflow that asks, and what is said to it, in order. */
export interface Asking {
  readonly workflow: Workflow;
  readonly happenings: readonly Happening[];
}

const terms: fc.Arbitrary<Partial<ApprovalStep>> = fc
  .record({
    people: fc.option(fc.subarray([...PEOPLE], { minLength: 1 })),
    quorum: fc.option(fc.integer({ min: 1, max: 3 })),
    withForm: fc.boolean(),
    proposed: fc.boolean(),
    due: fc.option(fc.integer({ min: 1, max: 300 })),
    remind: fc.option(fc.integer({ min: 30, max: 200 })),
    after: fc.option(fc.integer({ min: 1, max: 300 })),
    timeout: fc.option(fc.integer({ min: 60, max: 700 })),
    onTimeout: fc.constantFrom<NonNullable<ApprovalStep['onTimeout']>>('fail', 'reject', 'approve'),
    onReject: fc.constantFrom<NonNullable<ApprovalStep['onReject']>>('fail', 'continue'),
    delegate: fc.boolean(),
  })
  .map(({ people, quorum, withForm, proposed, due, remind, after, timeout, onTimeout, onReject, delegate }) => ({
    onTimeout,
    onReject,
    delegate,
    ...(people === null ? {} : { assignees: people }),
    ...(quorum === null ? {} : { quorum: Math.min(quorum, people?.length ?? quorum) }),
    ...(withForm ? { form: FORM, ...(proposed ? { values: { n: 1 } } : {}) } : {}),
    ...(due === null ? {} : { dueMs: due * MINUTE }),
    ...(remind === null ? {} : { remind: { everyMs: remind * MINUTE, times: 2 } }),
    ...(after === null ? {} : { escalate: [{ to: 'boss', afterMs: after * MINUTE }] }),
    ...(timeout === null ? {} : { timeout: timeout * MINUTE }),
  }));

const question = (id: string, more: Partial<ApprovalStep>): ApprovalStep => ({
  kind: 'approval',
  id,
  name: id,
  type: 'approval',
  dependencies: [],
  params: {},
  subject: 'Well?',
  ...more,
});

/** A question and whoever goes by its answer; in a group, in a map over two items, or by themselves. */
function asked(place: number, within: 'list' | 'group' | 'map' | 'leave', more: Partial<ApprovalStep>): readonly Step[] {
  const pair: Step[] = [question(`ask${place}`, more), task(`do${place}`, { dependencies: [`ask${place}`], persona: 'doer' })];
  const base = { id: `in${place}`, name: `in${place}`, dependencies: [] };
  if (within === 'leave') return [task(`ask${place}`, { persona: 'doer', criticality: 'critical' })];
  if (within === 'group') return [{ ...base, kind: 'group', type: 'group', mode: 'graph', waitFor: 'all', steps: pair }];
  if (within === 'list') return pair;
  const map: MapStep = { ...base, kind: 'map', type: 'map', over: '[1, 2]', as: 'item', workflow: workflowOf(pair, { name: base.id }) };
  return [map];
}

const pathOf = (place: number, within: string, item: number) => (within === 'map' ? `in${place}[${item}]/ask${place}` : `ask${place}`);

/** Workflows that ask people, and everything that people say to them. `run`: the id the run will have. */
export function askings(run: string): fc.Arbitrary<Asking> {
  const places = fc.array(
    fc.tuple(fc.constantFrom('list' as const, 'list' as const, 'group' as const, 'map' as const, 'leave' as const), terms),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  const sayings = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 720 }),
      place: fc.nat(2),
      item: fc.nat(1),
      by: fc.constantFrom(...PEOPLE, ...PEOPLE, 'boss', 'eve'),
      to: fc.constantFrom(...PEOPLE, 'eve', 'boss'),
      what: fc.constantFrom('approve', 'approve', 'approve', 'reject', 'edit', 'delegate'),
      n: fc.integer({ min: 0, max: 3 }),
      token: fc.constantFrom('', '', '', '!1', '!1.1', '!2'),
      times: fc.constantFrom(1, 1, 2),
    }),
    { maxLength: 20 },
  );
  return fc.tuple(places, sayings).map(([drawn, said]) => {
    const steps = drawn.flatMap(([within, more], place) => [...asked(place, within, more)]);
    const happenings = said.flatMap(({ at, place, item, by, to, what, n, token, times }): Happening[] => {
      const number = place % drawn.length;
      const step = pathOf(number, drawn[number]?.[0] ?? 'list', item);
      const more = { at: at * MINUTE, step, by, ...(token === '' ? {} : { token: `${run}/${step}${token}` }) };
      const one: Happening =
        what === 'delegate'
          ? { ...more, do: 'delegate', to }
          : {
              ...more,
              do: 'answer',
              decision: what === 'edit' ? 'approve' : (what as 'approve'),
              ...(what === 'edit' ? { values: { n } } : {}),
            };
      return Array.from({ length: times }, () => one);
    });
    return { workflow: workflowOf(steps), happenings: happenings.toSorted((a, b) => a.at - b.at) };
  });
}
