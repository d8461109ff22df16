import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { maxConcurrent, type TaskPolicy } from '../../src/policy/task-policy.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { DONE, setStage } from './stage.ts';
import { aTask } from './work.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const inRun = (run: string, step: string, persona = 'worker') => aTask({ run, step, key: `${run}/${step}#1`, persona });

/** Notes what it is asked for and never answers. */
const busy =
  (asked: string[]): Agent['perform'] =>
  ({ key }) => {
    asked.push(key);
    return new Promise(() => {});
  };

/** One task of each run at a time. */
function oneOfEachRun(atWork: () => readonly { readonly run: string }[]): TaskPolicy {
  return {
    name: 'one of each run',
    judge: ({ run }) => (atWork().some((task) => task.run === run) ? { kind: 'wait', why: 'its run has one at work' } : { kind: 'allow' }),
  };
}

describe('a task that a policy lets wait', () => {
  it('is passed by those that ask for the same and may go; it says which policy it waits for, once', async () => {
    const said: string[] = [];
    const ended = new Set<string>();
    const stage = setStage({
      policies: [oneOfEachRun(() => stage.performances.map(({ task }) => task).filter(({ key }) => !ended.has(key)))],
      waits: ({ key }, why) => said.push(`${key}: ${why}`),
    });
    for (const step of ['a', 'b', 'c']) stage.dispatcher.start(inRun('one', step));
    stage.dispatcher.start(inRun('two', 'a'));
    await turn();
    expect(stage.performances.map(({ task }) => task.key)).toEqual(['one/a#1', 'two/a#1']);
    ended.add('one/a#1');
    stage.performances[0]?.answer(DONE);
    await turn();
    expect(stage.performances.map(({ task }) => task.key)).toEqual(['one/a#1', 'two/a#1', 'one/b#1']);
    expect(said).toEqual(['b', 'c'].map((step) => `one/${step}#1: the policy "one of each run": its run has one at work`));
    await stage.dispatcher.stop(0);
  });

  it('is asked about again though nothing happens, until nobody asks any more', async () => {
    let opens = false;
    const hours: TaskPolicy = { name: 'hours', judge: () => (opens ? { kind: 'allow' } : { kind: 'wait', why: 'not before nine' }) };
    const stage = setStage({ policies: [hours] });
    stage.dispatcher.start(inRun('one', 'a'));
    stage.passTime();
    await turn();
    expect([stage.performances.length, stage.sleeping()]).toEqual([0, [1_000]]);
    opens = true;
    stage.passTime();
    await turn();
    expect([stage.performances.length, stage.sleeping(), stage.heard]).toEqual([1, [], ['queued a', 'started a']]);
    opens = false;
    stage.dispatcher.start(inRun('one', 'b'));
    await stage.dispatcher.stop(0);
    expect(stage.sleeping()).toEqual([]);
  });

  it('keeps nobody of another kind waiting, though the same agent plays both', async () => {
    const asked: string[] = [];
    const agent: Agent = { id: 'star', perform: busy(asked) };
    const crew = createCrew({ personas: { '*': agent }, maxConcurrent: { coder: 1 } });
    const { dispatcher } = setStage({ crew });
    for (const step of ['a', 'b']) dispatcher.start(inRun('r', step, 'coder'));
    for (const step of ['c', 'd']) dispatcher.start(inRun('r', step, 'writer'));
    await turn();
    expect(asked).toEqual(['r/a#1', 'r/c#1', 'r/d#1']);
    await dispatcher.stop(0);
  });

  it('begins in the end, and whoever may go has gone, however tasks end', async () => {
    const kinds = fc.constantFrom('worker', 'helper');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ run: fc.nat({ max: 3 }), persona: kinds }), { minLength: 1, maxLength: 25 }),
        fc.array(fc.nat(), { maxLength: 50 }),
        fc.boolean(),
        async (tasks, order, isLimited) => {
          const atWork = new Map<string, { run: string; answer: () => void }>();
          const reported: string[] = [];
          const agent: Agent = {
            id: 'both',
            perform: ({ run, key }) => new Promise((resolve) => atWork.set(key, { run, answer: () => resolve(DONE) })),
          };
          const each = oneOfEachRun(() => [...atWork.values()]);
          const { dispatcher } = setStage({
            crew: createCrew({ personas: { worker: agent, helper: agent } }),
            policies: isLimited ? [each, maxConcurrent(3, { helper: 1 })] : [each],
            report: ({ key }) => reported.push(key),
          });
          for (const [at, { run, persona }] of tasks.entries()) dispatcher.start(inRun(`r${run}`, `s${at}`, persona));
          await turn();
          for (let at = 0; reported.length < tasks.length; at++) {
            const runs = [...atWork.values()].map(({ run }) => run);
            expect(new Set(runs).size).toBe(runs.length);
            const waiting = new Set(tasks.flatMap(({ run }, place) => (reported.includes(`r${run}/s${place}#1`) ? [] : [`r${run}`])));
            if (!isLimited) expect(new Set(runs)).toEqual(waiting);
            expect(runs.length).toBeGreaterThan(0);
            const [key, work] = [...atWork][(order[at] ?? 0) % atWork.size] ?? ['', null];
            atWork.delete(key);
            work?.answer();
            await turn();
          }
          expect([dispatcher.inFlight(), dispatcher.waiting()]).toEqual([0, 0]);
          await dispatcher.stop(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('parts', () => {
  it('that one agent plays are told apart in what is said of a task', async () => {
    const star: Agent = { id: 'star', capabilities: [], perform: async () => DONE };
    const { dispatcher, reports } = setStage({ crew: createCrew({ personas: { '*': star } }) });
    dispatcher.start(inRun('r', 'a', 'coder'));
    dispatcher.start(aTask({ key: 'r/b#1', persona: 'writer', needs: { capabilities: ['sql'] } }));
    await turn();
    expect(reports.get('r/b#1')).toMatchObject([
      { error: { message: expect.stringContaining('nobody who plays persona "writer" is fit') } },
    ]);
    await dispatcher.stop(0);
  });

  it('that share a name but not their agents do not wait for each other', async () => {
    const asked: string[] = [];
    const one = (id: string): Agent => ({ id, capacity: 1, perform: busy(asked) });
    const { dispatcher } = setStage({ crew: createCrew({ personas: { coder: one('ann') }, stepTypes: { git: one('git') } }) });
    const git = (step: string) => aTask({ step, key: `r/${step}#1`, type: 'git', persona: 'coder' });
    for (const step of ['a', 'b']) dispatcher.start(git(step));
    dispatcher.start(inRun('r', 'c', 'coder'));
    await turn();
    expect(asked).toEqual(['r/a#1', 'r/c#1']);
    await dispatcher.stop(0);
  });
});
