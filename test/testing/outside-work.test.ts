import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import { scriptedAgent } from '../../src/actors/scripted-agent.ts';
import { RETRY_SHAPE } from '../../src/definition/attempt-timing.ts';
import type { GroupStep } from '../../src/definition/workflow.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { task, workflowOf } from '../runtime/linear.ts';

/** Longer than any test may take: whoever waits that long for an agent fails. */
const LONG = 2 ** 31 - 1;

const reads: AgentFunction = async () => (await readFile('package.json', 'utf8')).length > 0;
const never: AgentFunction = () => new Promise(() => {});

describe('an agent that works outside of virtual time', () => {
  it('is never timed out while it works, whatever others sleep meanwhile', async () => {
    const member = fc.record({ sleepMs: fc.nat({ max: 500 }), files: fc.nat({ max: 3 }), thenMs: fc.nat({ max: 500 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 5 }), async (members) => {
        const steps = members.map(({ sleepMs, thenMs }, n) => task(`s${n}`, { timeout: sleepMs + thenMs + 1 }));
        const work: AgentFunction = async ({ task: { step }, sleep }) => {
          const { sleepMs, files, thenMs } = members[Number(step.slice(1))] ?? { sleepMs: 0, files: 0, thenMs: 0 };
          if (sleepMs > 0) await sleep(sleepMs);
          for (let n = 0; n < files; n++) await readFile('package.json');
          if (thenMs > 0) await sleep(thenMs);
          return step;
        };
        const end = await simulate(workflowOf(steps), { crew: { personas: { '*': work } } });
        expect(end.status).toBe('completed');
        expect(end.makespanMs).toBe(Math.max(...members.map(({ sleepMs, thenMs }) => sleepMs + thenMs)));
      }),
      { numRuns: 40 },
    );
  });

  it('is waited for although another attempt sleeps twice at once', async () => {
    const twice: AgentFunction = ({ sleep }) => Promise.all([sleep(1000), sleep(2000)]).then(() => 'slept');
    const steps = [task('one'), task('two', { timeout: 1 })];
    const end = await simulate(workflowOf(steps), {
      crew: { personas: { '*': (work) => (work.task.step === 'one' ? twice(work) : reads(work)) } },
    });
    expect(end.outputs).toEqual({ one: 'slept', two: true });
  });

  it('has its deadline when it does nothing for stallMs, and its next attempt is waited for again', async () => {
    const tries: AgentFunction = (work) => (work.task.attempt === 1 ? never(work) : reads(work));
    const once = { ...RETRY_SHAPE, retries: 1 };
    const end = await simulate(workflowOf([task('one', { timeout: 60_000, retry: once })]), {
      crew: { personas: { '*': tries } },
      // Long enough for a busy machine to read a file, short enough to wait for once.
      stallMs: 500,
    });
    expect([end.status, end.view.steps[0]?.attempts, end.outputs]).toEqual(['completed', 2, { one: true }]);
  });

  it('leaves a run waiting when it does nothing for stallMs and has no deadline', async () => {
    const end = await simulate(workflowOf([task('one')]), { crew: { personas: { '*': never } }, stallMs: 5 });
    expect([end.status, end.view.steps[0]?.state]).toEqual(['waiting', 'attempting']);
  });

  it('is waited for no more when its attempt is cancelled', async () => {
    const race: GroupStep = {
      kind: 'group',
      id: 'race',
      name: 'race',
      type: 'parallel',
      dependencies: [],
      mode: 'parallel',
      waitFor: 'any',
      steps: [task('deaf'), task('first')],
    };
    const crew = {
      personas: {
        '*': (async (work) => {
          if (work.task.step === 'deaf') return never(work);
          if (work.task.step === 'first') return reads(work);
          await work.sleep(1000);
          return 'done';
        }) satisfies AgentFunction,
      },
    };
    const end = await simulate(workflowOf([race, task('after', { dependencies: ['race'] })]), { crew, stallMs: LONG });
    expect([end.status, end.makespanMs]).toEqual(['completed', 1000]);
  });

  it('is known to its crew: its statechart counts what it has served', async () => {
    const crew = createCrew({ personas: { '*': reads } });
    await simulate(workflowOf([task('one'), task('two')]), { crew });
    const [agent] = crew.agents();
    expect(agent && crew.actorOf(agent)?.standing().served).toBe(2);
    await crew.close();
  });
});

describe('a scripted agent that never answers', () => {
  const crew = { personas: { '*': scriptedAgent('mute', { '*': { forever: true } }) } };

  it('costs no real time: its deadline comes at once', async () => {
    const end = await simulate(workflowOf([task('one', { timeout: 3_600_000 })]), { crew, stallMs: LONG });
    expect([end.status, end.failure?.code, end.makespanMs]).toEqual(['failed', 'TASK_TIMED_OUT', 3_600_000]);
  });

  it('costs no real time without a deadline: the run waits', async () => {
    const end = await simulate(workflowOf([task('one')]), { crew, stallMs: LONG });
    expect([end.status, end.makespanMs]).toEqual(['waiting', 0]);
  });

  it('can be cancelled', async () => {
    const end = await simulate(workflowOf([task('one')]), { crew, stallMs: LONG, happenings: [{ at: 5000, do: 'cancel' }] });
    expect([end.status, end.makespanMs]).toEqual(['cancelled', 5000]);
  });
});
