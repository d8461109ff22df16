import { describe, expect, it } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { noAgentType } from '../../src/actors/dispatch/dispatch-refusal.ts';
import { functionAgent } from '../../src/actors/function-agent.ts';
import { startAgentActor } from '../../src/actors/pool/agent-actor.ts';
import type { Agent } from '../../src/protocol/agent.ts';
import { aTask, settled } from './work.ts';

const named = (id: string, close?: () => Promise<void>): Agent => ({
  ...functionAgent(id, () => id),
  ...(close === undefined ? {} : { close }),
});

describe('the crew', () => {
  it('a task finds its agent by step type, then by persona, then by *', () => {
    const [git, planner, anyone] = [named('git'), named('planner'), named('anyone')];
    const crew = createCrew({ stepTypes: { 'git-operation': git }, personas: { planner, '*': anyone } });
    expect(crew.candidates(aTask({ type: 'git-operation', persona: 'planner' }))).toEqual([git]);
    expect(crew.candidates(aTask({ persona: 'planner' }))).toEqual([planner]);
    expect(crew.candidates(aTask({ persona: 'stranger' }))).toEqual([anyone]);
    expect(crew.candidates(aTask({ persona: null }))).toEqual([anyone]);
    expect([crew.personas(), crew.stepTypes()]).toEqual([['planner', '*'], ['git-operation']]);
  });

  it('names that every object knows find nobody', () => {
    const crew = createCrew({ personas: { planner: () => 1 } });
    for (const name of ['constructor', '__proto__', 'toString']) expect(crew.candidates(aTask({ type: name, persona: name }))).toEqual([]);
  });

  it('plain functions become agents named after what they play', () => {
    const crew = createCrew({ personas: { planner: async () => ({}) }, stepTypes: { planner: async () => ({}) } });
    expect(crew.agents().map(({ id }) => id)).toEqual(['planner', 'type:planner']);
  });

  it('one agent may play several parts; two agents may not share an id', () => {
    const worker = named('worker');
    expect(createCrew({ personas: { a: worker, b: worker }, agents: [worker] }).agents()).toEqual([worker]);
    const twins = { personas: { a: named('twin'), b: named('twin') } };
    expect(() => createCrew(twins)).toThrow(expect.objectContaining({ code: 'AGENT_ALREADY_REGISTERED' }));
  });

  it('what is neither an agent nor a function is refused by name', () => {
    expect(() => createCrew({ personas: { planner: {} as Agent } })).toThrow(/persona "planner" is neither/);
  });

  it.each<[string, Partial<Agent>]>([
    ['no room for a task', { capacity: 0 }],
    ['half a task', { capacity: 1.5 }],
    ['room for no number', { capacity: Number.NaN }],
    ['capabilities that are no list', { capabilities: 'rust' as unknown as string[] }],
    ['a grace that is over before it begins', { graceMs: -1 }],
    ['a heart that beats all the time', { beatEveryMs: 0 }],
    ['no time to get ready', { startWithinMs: 0 }],
    ['a beginning that is no function', { start: 5 as unknown as () => Promise<void> }],
    ['a circuit breaker that opens by half a failure', { breaker: { failures: 0.5 } }],
    ['a circuit breaker that never closes', { breaker: { successes: Number.POSITIVE_INFINITY } }],
  ])('an agent with %s is refused when it joins', (_, more) => {
    const odd = { ...named('odd'), ...more };
    const refused = expect.objectContaining({ code: 'DEFINITION_INVALID' });
    expect(() => createCrew({ personas: { coder: odd } })).toThrow(refused);
    expect(() => createCrew({}).register(odd, { personas: ['coder'] })).toThrow(refused);
  });

  it('every agent is closed once, however often the crew is', async () => {
    let closed = 0;
    const crew = createCrew({
      agents: [
        named('a', async () => {
          closed += 1;
        }),
        named('b', () => Promise.reject(new Error('stuck'))),
        named('c', () => {
          throw new Error('at once');
        }),
      ],
    });
    await Promise.all([crew.close(), crew.close()]);
    await crew.close();
    expect(closed).toBe(1);
    const standings = crew.agents().map((agent) => crew.actorOf(agent)?.standing());
    expect(standings.map((standing) => [standing?.state, standing?.releaseError])).toEqual([
      ['closed', null],
      ['closed', 'stuck'],
      ['closed', 'at once'],
    ]);
  });

  it('the actor of an agent is that agent’s alone', () => {
    const worker = named('worker');
    const crew = createCrew({ agents: [worker] });
    expect(crew.actorOf(worker)?.agent).toBe(worker);
    expect(crew.actorOf(named('worker'))).toBe(null);
  });
});

describe('the actor of an agent', () => {
  it('is busy exactly while tasks are in flight, whenever it is asked', async () => {
    const actor = startAgentActor(named('a'));
    const seen = [actor.standing()];
    actor.assigned();
    actor.assigned();
    seen.push(actor.standing());
    actor.settled();
    await settled();
    seen.push(actor.standing());
    actor.settled();
    seen.push(actor.standing());
    expect(seen.map(({ state, inFlight, served }) => [state, inFlight, served])).toEqual([
      ['idle', 0, 0],
      ['busy', 2, 0],
      ['busy', 1, 1],
      ['idle', 0, 2],
    ]);
  });

  it('is released only when its last task has ended', async () => {
    let released = false;
    const release = async (): Promise<void> => {
      released = true;
    };
    const actor = startAgentActor(named('a', release));
    actor.assigned();
    const closed = actor.close();
    await settled();
    expect([released, actor.standing().state]).toEqual([false, 'closing']);
    actor.settled();
    await closed;
    expect([released, actor.standing().state]).toEqual([true, 'closed']);
  });

  it('closing ends even when a task never does, and when the release never does', async () => {
    const actor = startAgentActor(
      named('a', () => new Promise(() => {})),
      { closeGraceMs: 1, releaseGraceMs: 1 },
    );
    actor.assigned();
    await actor.close();
    expect(actor.standing()).toMatchObject({ state: 'closed', inFlight: 1 });
  });

  it('a cancel waits for no task', async () => {
    const actor = startAgentActor(named('a'), { closeGraceMs: 60_000 });
    actor.assigned();
    const closed = actor.close();
    await actor.cancel();
    await closed;
    expect(actor.standing().state).toBe('closed');
  });
});

describe('the report of a task that nobody performs', () => {
  const hint = (over: object, crew = createCrew({ personas: { planner: () => 1 }, stepTypes: { 'git-operation': () => 1 } })): unknown => {
    const report = noAgentType(aTask(over), crew);
    return report.ok ? null : report.error.hint;
  };

  it('suggests the nearest name, else lists whom there is', () => {
    expect(hint({ persona: 'planer' })).toBe('did you mean the persona "planner"?');
    expect(hint({ persona: null, type: 'git_operation' })).toBe('did you mean the step type "git-operation"?');
    expect(hint({ persona: 'cook' })).toContain('the crew plays planner and performs git-operation');
    expect(hint({}, createCrew({}))).toContain('the crew is empty');
  });
});
