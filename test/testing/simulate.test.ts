import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import type { RunEvent } from '../../src/runtime/run-event.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from '../runtime/linear.ts';

const chain = workflowOf([task('a'), task('b', { dependencies: ['a'] }), task('c', { dependencies: ['b'] })]);

const aDay = 86_400_000;

describe('a simulation that is listened to', () => {
  const told = async () => {
    const events: RunEvent[] = [];
    await simulate(chain, { onEvent: (event) => void events.push(event) });
    return events;
  };

  it('tells every event before it resolves, also to a listener that takes its time', async () => {
    const slowly: RunEvent[] = [];
    const onEvent = async (event: RunEvent) => {
      await new Promise((resolve) => setImmediate(resolve));
      slowly.push(event);
    };
    await simulate(chain, { onEvent });
    expect(slowly).toEqual(await told());
    expect(slowly.at(-1)?.type).toBe('run.ended');
  });

  it('rejects with what the listener throws, at whichever event, now or later; nobody hears of an unhandled rejection', async () => {
    const count = (await told()).length;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: count - 1 }),
        fc.boolean(),
        fc.constantFrom(new Error('no'), 'no', undefined),
        async (at, later, thrown) => {
          let heard = 0;
          const throws = () => {
            if (heard++ === at) throw thrown;
          };
          const onEvent = later ? async () => throws() : throws;
          const end = await simulate(chain, { onEvent }).then(
            () => 'resolved',
            (reason: unknown) => ({ reason }),
          );
          expect(end).toEqual({ reason: thrown });
          expect(heard).toBe(at + 1);
        },
      ),
    );
  });

  it('is over for its agents when the listener throws: who works is told to stop, and nobody begins', async () => {
    const seen: string[] = [];
    const crew = {
      personas: {
        '*': async ({ task: { step }, sleep }: { task: { step: string }; sleep: (ms: number) => Promise<void> }) => {
          seen.push(step);
          await sleep(aDay).catch(() => seen.push('stopped'));
        },
      },
    };
    const onEvent = () => {
      throw new Error('enough');
    };
    await expect(simulate(chain, { crew, onEvent, stallMs: 2 ** 31 - 1 })).rejects.toThrow('enough');
    expect(seen).toEqual(['a', 'stopped']);
  });
});

describe('the crew of a simulation', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('a step type named %s is a name like any other', async (type) => {
    const workflow = workflowOf([task('a', { type })]);
    const crew = createCrew({ stepTypes: Object.fromEntries([[type, () => 'the crew']]) });
    const stub = Object.fromEntries([[type, () => 'the stub']]);
    expect((await simulate(workflow, { crew })).outputs).toEqual({ a: 'the crew' });
    expect((await simulate(workflow, { crew, stepTypes: stub })).outputs).toEqual({ a: 'the stub' });
    expect((await simulate(workflow, { stepTypes: stub })).outputs).toEqual({ a: 'the stub' });
    await crew.close();
  });

  it('passes whatever it reviews when nobody else is given, so that what waits for a pass goes on', async () => {
    const { workflow } = loadWorkflowSync(`name: w
steps:
  - {id: review, type: persona-request, persona: critic}
  - {id: ship, type: persona-request, persona: shipper, dependencies: [review], condition: variables.review_status === 'pass'}
`);
    const end = await simulate(workflow!);
    expect(end.outputs).toEqual({ review: { status: 'pass' }, ship: { status: 'pass' } });
    expect((await simulate(workflowOf([{ ...task('plain') }]))).outputs).toEqual({ plain: {} });
  });
});

describe('rules a workflow is not written for', () => {
  const { workflow } = loadWorkflowSync(
    `name: w
steps:
  - {name: first, type: FirstStep, config: {}}
  - {name: second, type: SecondStep, config: {}}
  - {name: third, type: ThirdStep, depends_on: [second], config: {}}
`,
    { dialect: 'engine', stepTypes: 'any' },
  );
  const fails = () => {
    throw new Error('no');
  };
  const stepTypes = { FirstStep: fails, SecondStep: () => 2, ThirdStep: () => 3 };

  it('under ours a failure leaves alone what does not depend on it, as if the workflow were one of ours', async () => {
    expect(workflow?.compat).toBe('engine');
    const ours = await simulate(workflow!, { stepTypes, compat: 'native' });
    expect(ours.view.steps.map(({ path, outcome }) => [path, outcome])).toEqual([
      ['first', 'failed'],
      ['second', 'completed'],
      ['third', 'completed'],
    ]);
    expect(ours.workflow).toMatchObject({ onFailure: 'continue', onSkip: 'satisfy' });
    expect(ours.workflow).not.toHaveProperty('compat');
    const theirs = await simulate(workflow!, { stepTypes });
    expect(theirs.history.map(([step]) => step)).toEqual(['first']);
  });

  it('what is under those rules already stays as it is', async () => {
    const strict = workflowOf([task('a')], { onFailure: 'stop', onSkip: 'propagate' });
    expect((await simulate(strict, { compat: 'native' })).workflow).toMatchObject({ onFailure: 'stop', onSkip: 'propagate' });
  });
});
