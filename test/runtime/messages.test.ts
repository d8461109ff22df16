import { describe, expect, it } from 'vitest';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { TaskStep } from '../../src/definition/workflow.ts';
import type { CoordinationEvent } from '../../src/protocol/coordination.ts';
import type { Batch } from '../../src/protocol/journal.ts';
import type { Json } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunEvent } from '../../src/runtime/run-event.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { type SimulateOptions, simulate } from '../../src/testing/simulate.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { task, workflowOf } from './linear.ts';

type Parts = Readonly<Record<string, AgentFunction>>;

/** Everybody plays the part that is named like its step. */
const crewOf = (parts: Parts) => ({ personas: { '*': (work: Parameters<AgentFunction>[0]) => parts[work.task.step]?.(work) } });

/** Runs steps next to each other, each played by the part of its name. */
const play = (parts: Parts, more: Partial<SimulateOptions> = {}, steps: readonly TaskStep[] = Object.keys(parts).map((id) => task(id))) =>
  simulate(workflowOf(steps), { crew: crewOf(parts), ...more });

const codeOf = (thrown: { code: string }): string => thrown.code;
const answering =
  (answer: Json): AgentFunction =>
  async (work) => {
    for await (const message of work.messages()) {
      if (message.kind === 'query') work.answer(message, answer);
      return message.body;
    }
  };

describe('agents of a run', () => {
  it('ask and answer each other, and the journal folds to the same', async () => {
    const { outputs, journal, workflow } = await play({ a: ({ ask }) => ask('b', 'ready?'), b: answering('yes') });
    expect(outputs).toEqual({ a: 'yes', b: 'ready?' });
    expect(foldJournal('simulation', workflow, journal).status).toBe('completed');
    expect(journal.flatMap(({ intents }) => intents.filter(([kind]) => kind === 'message.deliver').map(([, id]) => id))).toEqual([
      'b#1 a#1:1',
      'a#1 b#1:1',
    ]);
  });

  it('are told at the deadline that nobody has answered; what is answered then is late', async () => {
    const late: AgentFunction = async ({ messages, sleep, answer }) => {
      const { value } = await messages().next();
      await sleep(5_000);
      answer(value, 'too late');
      await sleep(5_000);
    };
    const asks: AgentFunction = async ({ ask, now, sleep }) => {
      const code = await ask('b', '?', { deadlineMs: 2_000 }).catch(codeOf);
      const at = now();
      await sleep(10_000);
      return [code, at];
    };
    const { outputs, view } = await play({ a: asks, b: late });
    expect(outputs).toMatchObject({ a: ['REQUEST_TIMED_OUT', 2_000] });
    expect([view.lateFacts, view.deadLetters]).toEqual([1, []]);
  });

  it('are told at once when nobody is there to answer, or nobody is left', async () => {
    const asks: AgentFunction = async ({ ask, now }) => {
      const codes = [await ask('nobody', 1).catch(codeOf), await ask('b', 2).catch(codeOf)];
      return [...codes, now()];
    };
    const { outputs } = await play({ a: asks, b: ({ sleep }) => sleep(50) });
    expect(outputs).toMatchObject({ a: ['RECEIVER_UNKNOWN', 'RECEIVER_UNKNOWN', 50] });
  });

  it('leave messages for steps that have not begun, and for their next attempts', async () => {
    const heard: Json[] = [];
    const second: AgentFunction = async ({ task: { attempt }, messages }) => {
      heard.push((await messages().next()).value.body);
      if (attempt === 1) throw new Error('not yet');
    };
    const steps = [
      task('a'),
      task('b', { dependencies: ['a'], retry: { retries: 1, delayMs: 1, factor: 1, maxDelayMs: 1, jitter: 0, on: 'failure' } }),
    ];
    const { status } = await play({ a: ({ send }) => send('b', 'for you'), b: second }, {}, steps);
    expect([status, heard]).toEqual(['completed', ['for you', 'for you']]);
  });

  it('hear from outside; what nobody is ever given is a dead letter', async () => {
    const { outputs, view } = await play(
      { a: answering(null), b: ({ sleep }) => sleep(100) },
      {
        happenings: [
          { at: 10, do: 'send', to: 'a', body: 'hello' },
          { at: 20, do: 'send', to: 'persona:ghost', body: 'anybody?' },
        ],
      },
    );
    expect(outputs).toMatchObject({ a: 'hello' });
    expect(view.deadLetters.map(({ message }) => [message.from, message.body])).toEqual([['outside', 'anybody?']]);
  });

  it('are refused an output that is not what their step declares, and may try again', async () => {
    const outputSchema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
    const retry = { retries: 1, delayMs: 1, factor: 1, maxDelayMs: 1, jitter: 0, on: 'failure' } as const;
    const answers: AgentFunction = ({ task: { attempt } }) => ({ n: attempt === 1 ? 'one' : 1 });
    const { outputs, journal } = await play({ a: answers }, {}, [task('a', { outputSchema, retry })]);
    expect(outputs).toEqual({ a: { n: 1 } });
    expect(journal.map(({ fact }) => fact.type)).toContain('validation.failure');
  });
});

describe('coordination', () => {
  const parts: Parts = {
    a: async ({ report, sleep }) => {
      report({ phase: 'thinking' });
      report({ percent: 10 });
      report({ blocked: 'no licence' });
      await sleep(5);
      report({ blocked: null });
    },
    b: () => 1,
  };
  const steps = [task('a'), task('b', { dependencies: ['a'] })];

  it('is told in order', async () => {
    const live: CoordinationEvent[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'coordination') live.push(event.event);
    };
    await play(parts, { onEvent }, steps);
    expect(live.map(({ type, source, affected, priority }) => [type, source, affected.join(), priority])).toEqual([
      ['agent.started', 'a', '', 'medium'],
      ['agent.progress', 'a', '', 'low'],
      ['agent.blocked', 'a', 'b', 'high'],
      ['agent.progress', 'a', '', 'low'],
      ['agent.completed', 'a', 'b', 'medium'],
      ['handoff.ready', 'a', 'b', 'medium'],
      ['agent.started', 'b', '', 'medium'],
      ['agent.completed', 'b', '', 'medium'],
    ]);
  });

  it('has the same ids live, from the past, and across both; nobody is told who has not asked', async () => {
    const runtime = await createRuntime({ crew: crewOf({ a: () => 1, b: () => 2 }) });
    const live: CoordinationEvent[] = [];
    runtime.coordination('*', (event) => live.push(event));
    const run = await runtime.start(workflowOf(steps));
    await run.result();
    const past: CoordinationEvent[] = [];
    for await (const event of run.events({ coordination: true })) if (event.type === 'coordination') past.push(event.event);
    for await (const event of run.events()) expect(event.type).not.toBe('coordination');
    expect(past).toEqual(live);
    expect(live.map(({ id }) => id)).toEqual(['0.0', '1.0', '1.1', '1.2', '2.0'].map((place) => `${run.id}!${place}`));
    await runtime.stop();
  });

  it('of every run is told to those who listen to the runtime, until they have enough', async () => {
    const runtime = await createRuntime({ crew: crewOf({ a: () => 1 }) });
    const heard: string[] = [];
    const off = runtime.coordination('agent.completed', ({ type }, run) => heard.push(`${run} ${type}`));
    expect(() => runtime.coordination('agent.done', () => {})).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
    for (const id of ['one', 'two']) await (await runtime.start(workflowOf([task('a')]), { id })).result();
    off();
    await (await runtime.start(workflowOf([task('a')]), { id: 'three' })).result();
    expect(heard).toEqual(['one agent.completed', 'two agent.completed']);
    await runtime.stop();
  });
});

describe('after a crash', () => {
  const asks: AgentFunction = async ({ ask, send, sleep }) => {
    await sleep(10);
    const first = await ask('b', 1);
    await sleep(10);
    send('b', 'more');
    return [first, await ask('b', 2)];
  };
  const answers: AgentFunction = async ({ messages, answer, sleep }) => {
    const heard: Json[] = [];
    for await (const message of messages()) {
      heard.push(message.body);
      await sleep(10);
      if (message.kind === 'query') answer(message, `answer ${JSON.stringify(message.body)}`);
      if (message.body === 2) return heard;
    }
  };

  it('between any two batches conversations go on, and every message counts once', async () => {
    const whole = await play({ a: asks, b: answers });
    expect(whole.outputs).toEqual({ a: ['answer 1', 'answer 2'], b: [1, 'more', 2] });
    for (let cut = 1; cut < whole.journal.length; cut++) {
      const store = createMemoryStore();
      const definition = (whole.journal[0] as Batch).fact;
      if (definition.type === 'run.started') await store.putDefinition(definition.definition, whole.workflow as never);
      for (const batch of whole.journal.slice(0, cut)) await store.append('simulation', batch);
      const time = new VirtualTime(whole.journal[cut - 1]?.fact.at ?? 0);
      const runtime = await createRuntime({ store, time, crew: crewOf({ a: asks, b: answers }) });
      const handle = await runtime.resume('simulation');
      await untilQuiet(handle, time, 1_000);
      expect([cut, handle.state().outputs]).toEqual([cut, whole.outputs]);
      await runtime.stop({ graceMs: 0 });
    }
  });
});
