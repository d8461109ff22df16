import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyMachineSnapshot, type AnyStateMachine, type AnyStateNode, initialTransition, transition } from 'xstate';
import { findMachines } from '../../scripts/statecharts/machine-files.ts';
import { answered, type Beginning, beginnings, canHappen, type News, news, owed } from './every-machine.ts';

const machines = (await findMachines()).map(({ machine }) => [machine.id, machine] as const);

const stories = (machine: AnyStateMachine) => fc.tuple(beginnings(machine), fc.array(news(machine), { maxLength: 16 }));

const next = (machine: AnyStateMachine, now: AnyMachineSnapshot, told: News): AnyMachineSnapshot =>
  now.status === 'active' ? transition(machine, now, told)[0] : now;

/** Where a story leads; `look` sees every stop on the way. */
function follow(machine: AnyStateMachine, from: Beginning, story: readonly News[], look: (now: AnyMachineSnapshot) => void = () => {}) {
  let now: AnyMachineSnapshot = initialTransition(machine, from.input)[0];
  look(now);
  for (const told of story) {
    if (now.status !== 'active') break;
    if (!canHappen(machine, now, told)) continue;
    now = next(machine, now, told);
    look(now);
  }
  return now;
}

/** The states in which a machine can be met: those that only pass on are left before anybody looks. */
const stations = (node: AnyStateNode): string[] =>
  Object.values(node.states)
    .filter((state) => state.always?.some((move) => move.guard === undefined) !== true)
    .map((state) => state.key);

describe.each(machines)('the machine %s', (_, machine) => {
  test('once cancelled comes to its end, wherever it was, with nothing but the ends of its children and its own timers', () => {
    fc.assert(
      fc.property(stories(machine), ([from, story]) => {
        const chart = answered(machine, from);
        let now = next(chart, follow(chart, from, story), { type: 'cancel', reason: 'enough' });
        for (let round = 0; now.status === 'active' && round < 10; round++) for (const told of owed(chart)) now = next(chart, now, told);
        expect(now.status).toBe('done');
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps plain JSON in its context and gives plain JSON out', () => {
    fc.assert(
      fc.property(stories(machine), ([from, story]) => {
        const isPlain = (value: unknown) => expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        const end = follow(answered(machine, from), from, story, ({ context }) => isPlain(context));
        if (end.output !== undefined) isPlain(end.output);
      }),
    );
  });

  test('can be met in every one of its states', () => {
    const met = new Set<unknown>();
    for (const [from, story] of fc.sample(stories(machine), { numRuns: 2000, seed: 5 }))
      follow(answered(machine, from), from, story, (now) => met.add(now.value));
    expect(stations(machine.root).filter((state) => !met.has(state))).toEqual([]);
  });
});
