// Sentences of docs/coordination.md that no table and no example there shows.
import { type CrewMember, completed, isJsonObject, type Json, type JsonObject, loadWorkflowSync, type Work } from 'troupe';
import { type SimulateOptions, simulate } from 'troupe/testing';
import { describe, expect, test } from 'vitest';

async function run(text: string, personas: Readonly<Record<string, CrewMember>> = {}, options: SimulateOptions = {}) {
  const { workflow, diagnostics } = loadWorkflowSync(text, { text: true });
  if (workflow === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const told: [string, Json][] = [];
  const end = await simulate(workflow, {
    crew: { personas },
    ...options,
    onEvent: (event) => {
      if (event.type === 'coordination') told.push([`${event.event.type} ${event.event.source}`, event.event.data]);
    },
  });
  return { ...end, told, ends: end.history.map(([step, outcome]) => `${step} ${outcome}`) };
}

const codes = (text: string) => loadWorkflowSync(text, { text: true }).diagnostics.map(({ code }) => code);
const ask = (id: string, more = '') => `{ id: ${id}, type: persona-request, persona: ${id}${more} }`;
const group = (members: readonly string[], more = '') => `{ id: g, type: parallel${more}, steps: [${members.join(', ')}] }`;
const file = (steps: readonly string[], more = '') => `name: claim\n${more}\nsteps: [${steps.join(', ')}]\n`;

const bad = () => Promise.reject(new Error('bad'));
/** Works for so many ms, then writes what it makes of the values it was given. */
const writer =
  (ms: number, write: (values: JsonObject) => JsonObject) =>
  async ({ task, sleep }: Work) => {
    await sleep(ms);
    return completed(null, { writes: write(task.context?.values ?? {}) });
  };
/** Works for so many ms, and answers with what it sees of the shared context. */
const reader =
  (ms = 0) =>
  ({ task, sleep }: Work) =>
    sleep(ms).then(() => task.context?.values ?? null);
const add = (n: number) => (values: JsonObject) => ({ n: Number(values.n) + n });

describe('groups', () => {
  test('a member that was skipped does not keep a group of all from being joined', async () => {
    const { ends } = await run(file([group([ask('a'), ask('b', ', condition: false')])]), { a: () => 1 });
    expect(ends).toEqual(['b skipped', 'a completed', 'g completed']);
  });

  test('a compensation sees the output of its step, and changes nothing about the failure, even when it fails', async () => {
    const undone: Json[] = [];
    const undo = ({ task }: Work) => {
      undone.push(task.params);
      return bad();
    };
    const compensate = (id: string) => `, compensate: { persona: undo, retries: 0, params: { back: "{{ steps.${id} }}" } }`;
    const members = [ask('a', compensate('a')), ask('b', compensate('b')), ask('c', ', dependencies: [a, b]')];
    const { failure, ends } = await run(file([group(members, ', on_failure: compensate')]), { a: () => 'A', b: () => 'B', c: bad, undo });
    expect(undone).toEqual([{ back: 'B' }, { back: 'A' }]);
    expect([failure?.message, ends.at(-1)]).toEqual(['bad', 'g failed']);
  });

  test('falling back takes back what members left, numbers their attempts on, and is done once', async () => {
    const keys: string[] = [];
    const seen: Json[] = [];
    const a = ({ task }: Work) => {
      keys.push(task.key);
      seen.push(task.context?.values ?? null);
      return completed('A', { variables: { left: true }, writes: { n: 1 } });
    };
    const b = async ({ task, sleep }: Work) => {
      keys.push(task.key);
      await sleep(1000);
      return bad();
    };
    const text = file([group([ask('a', ', writes: n'), ask('b')], ', on_failure: fall_back_sequential')], 'shared: { n: 0 }');
    const { ends } = await run(text, { a, b });
    expect(keys).toEqual(['a#1', 'b#1', 'a#2', 'b#2'].map((key) => `simulation/${key}`));
    expect(seen).toEqual([{ n: 0 }, { n: 0 }]);
    expect(ends.slice(-2)).toEqual(['b failed', 'g failed']);
  });
});

test('data that a dependency asks for and that is not there is named, with what is there instead', async () => {
  const { failure } = await run(file([ask('a'), ask('b', ', dependencies: [{ step: a, data: report.lines }]')]), {
    a: () => ({ report: { words: 3 } }),
    b: () => 1,
  });
  expect([failure?.code, failure?.message]).toEqual(['DATA_MISSING', 'steps.a.report.lines is needed, but steps.a.report has only words']);
});

describe('the shared context', () => {
  test('is seen as it was when the attempt began, the keys that are read and written, and only those are given new values', async () => {
    const seen: Json[] = [];
    const a = async ({ task, sleep }: Work) => {
      await sleep(2000);
      seen.push(task.context as unknown as Json);
      return completed(null, { writes: { other: 1 } });
    };
    const steps = [ask('a', ', reads: n, writes: m'), ask('b', ', writes: n')];
    const { failure } = await run(file(steps, 'shared: { n: 0, m: 0, other: 0 }'), { a, b: writer(1000, add(1)) });
    expect(seen).toEqual([{ version: 1, values: { n: 0, m: 0 }, writable: ['m'] }]);
    expect(failure?.code).toBe('AGENT_OUTPUT_INVALID');
  });

  test('takes in what a step stores of its output', async () => {
    const text = file([ask('a', ', store: { shared.k: found.one }')], 'outputs: { k: "{{ shared.k }}" }');
    expect((await run(text, { a: () => ({ found: { one: 7 } }) })).outputs).toEqual({ k: 7 });
  });

  test('has what a step at the top, in a group or in a sequence wrote when it has ended, and what a block wrote at its join', async () => {
    const graph = [ask('a', ', writes: n'), ask('b', ', reads: n, dependencies: a')];
    const personas = { a: writer(1000, add(1)), b: reader(), c: reader() };
    expect((await run(file(graph, 'shared: { n: 0 }'), personas)).outputs).toMatchObject({ b: { n: 1 } });
    for (const type of ['group', 'sequence']) {
      const inside = [group(graph).replace('type: parallel', `type: ${type}`)];
      expect((await run(file(inside, 'shared: { n: 0 }'), personas)).outputs).toMatchObject({ b: { n: 1 } });
    }
    const block = [group(graph), ask('c', ', reads: n, dependencies: g')];
    expect((await run(file(block, 'shared: { n: 0 }'), personas)).outputs).toMatchObject({ b: { n: 0 }, c: { n: 1 } });
  });

  test('has what was written in a group that may fall back only when that is joined', async () => {
    const wait = ask('wait', ', dependencies: a');
    const inside = group([ask('a', ', writes: n'), wait], ', on_failure: fall_back_sequential').replace('parallel', 'group');
    const steps = [inside, ask('pause'), ask('b', ', reads: n, dependencies: pause'), ask('c', ', reads: n, dependencies: g')];
    const pause = ({ sleep }: Work) => sleep(2000);
    const personas = { a: writer(1000, add(1)), wait: ({ sleep }: Work) => sleep(5000), pause, b: reader(), c: reader() };
    expect((await run(file(steps, 'shared: { n: 0 }'), personas)).outputs).toMatchObject({ b: { n: 0 }, c: { n: 1 } });
  });

  test('has it earlier where members meet to merge it', async () => {
    const meet = '{ id: meet, type: sync-point, sync: context_merge, members: a, timeout: 1m }';
    const members = [ask('a', ', writes: n'), meet, ask('b', ', reads: n, dependencies: meet')];
    expect((await run(file([group(members)], 'shared: { n: 0 }'), { a: writer(1000, add(1)), b: reader() })).outputs).toMatchObject({
      b: { n: 1 },
    });
  });

  test('two who may write the same key at once are refused, unless it is said how that is settled', () => {
    const both = [ask('a', ', writes: n'), ask('b', ', writes: n')];
    expect(codes(file(both, 'shared: { n: 0 }'))).toEqual(['WRITES_OVERLAP']);
    expect(codes(file(both, 'shared: { n: 0 }\nconflicts: { ladder: [automatic, rerun] }'))).toEqual([]);
  });

  test.each([
    ['accept', 'completed', 0],
    ['rerun', 'completed', 1],
    ['fail', 'failed', null],
  ])('a stale read is told; with on_stale: %s the step has %s', async (onStale, outcome, seen) => {
    const steps = [ask('a', ', writes: n'), ask('b', `, reads: n, on_stale: ${onStale}`)];
    const { told, history, outputs, failure } = await run(file(steps, 'shared: { n: 0 }'), { a: writer(1000, add(1)), b: reader(2000) });
    expect(told.filter(([event]) => event === 'conflict.detected b')).toMatchObject([
      [expect.anything(), { kind: 'stale_read', keys: ['n'] }],
    ]);
    expect(Object.fromEntries(history).b).toBe(outcome);
    if (seen === null) expect(failure?.code).toBe('CONTEXT_STALE');
    else expect(outputs).toMatchObject({ b: { n: seen } });
  });
});

describe('the ladder', () => {
  const both = [ask('a', ', writes: n'), ask('b', ', writes: n')];
  const personas = { a: writer(1000, add(1)), b: writer(2000, add(10)) };
  const on = (steps: readonly string[], ladder: string, more = '') =>
    file(steps, `shared: { n: 0 }\nconflicts: { ladder: [${ladder}]${more} }\noutputs: { n: "{{ shared.n }}" }`);

  test('rerun: whoever came second runs again on what the first one wrote', async () => {
    const { outputs, ends } = await run(on([group(both)], 'automatic, rerun'), personas);
    expect([outputs, ends]).toEqual([{ n: 11 }, ['a completed', 'b completed', 'b completed', 'g completed']]);
  });

  test('sequential: the members of a block run again one by one, a step of a graph runs again alone', async () => {
    const block = await run(on([group(both)], 'sequential'), personas);
    expect([block.outputs, block.ends]).toEqual([{ n: 11 }, ['a completed', 'b completed', 'a completed', 'b completed', 'g completed']]);
    const graph = await run(on(both, 'sequential'), personas);
    expect([graph.outputs, graph.makespanMs]).toEqual([{ n: 11 }, 2000 + 2000]);
  });

  test('person: the signal is called after the group, or after the step', async () => {
    const decided = (name: string) => ({ at: 5000, do: 'signal', name, payload: { values: { n: 7 } } }) as const;
    const block = await run(on([group(both)], 'person'), personas, { happenings: [decided('g.decision')] });
    const graph = await run(on(both, 'person'), personas, { happenings: [decided('b.decision')] });
    expect([block.outputs, graph.outputs]).toEqual([{ n: 7 }, { n: 7 }]);
  });

  test('at its end the group or the step fails, and what was tried is listed; the merge persona and the person have so long', async () => {
    const lead = ({ sleep }: Work) => sleep(1e9);
    const text = on([group(both)], 'automatic, guided, person', ', persona: lead, timeout: 1h');
    const { failure, makespanMs } = await run(text, { ...personas, lead });
    expect([failure?.code, makespanMs]).toEqual(['CONFLICT_UNRESOLVED', 2000 + 2 * 3_600_000]);
    for (const tried of ['automatic: both sides changed n', 'guided: it took longer', 'person: it took longer'])
      expect(failure?.message).toContain(tried);
    expect((await run(on(both, 'automatic'), personas)).ends).toEqual(['a completed', 'b failed']);
  });
});

describe('sync points', () => {
  const point = (more = '') => `{ id: meet, type: sync-point, members: [a, b], timeout: 10s${more} }`;

  test('let an agent that says it is there go on when all are', async () => {
    const arriving =
      (ms: number) =>
      async ({ sleep, arrive, now }: Work) => {
        await sleep(ms);
        await arrive('meet');
        return now();
      };
    expect((await run(file([ask('a'), ask('b'), point()]), { a: arriving(1000), b: arriving(3000) })).outputs).toMatchObject({
      a: 3000,
      b: 3000,
    });
  });

  test('fail with a member that failed, at once, but not under best_effort', async () => {
    const personas = { a: bad, b: ({ sleep }: Work) => sleep(5000) };
    const { view } = await run(file([ask('a'), ask('b'), point()]), personas);
    expect(view.steps.find(({ path }) => path === 'meet')).toMatchObject({ outcome: 'failed', endedAt: 0, error: { code: 'SYNC_FAILED' } });
    expect((await run(file([ask('a'), ask('b'), point()], 'on_failure: best_effort'), personas)).ends).toContain('meet completed');
  });

  test('fail when somebody is missing for too long, and say who', async () => {
    const { failure } = await run(file([ask('a'), ask('b'), point()]), { a: () => 1, b: ({ sleep }: Work) => sleep(20_000) });
    expect(failure).toMatchObject({ code: 'SYNC_TIMED_OUT', details: { missing: ['b'] } });
  });
});

describe('votes', () => {
  const vote = (more: string) => file([`{ id: v, type: vote, personas: [x, y, z], escalate: { timeout: 1h }${more} }`]);
  const says = (answer: Json) => () => answer;
  const decisionOf = ({ outputs }: { readonly outputs: Json }) => (isJsonObject(outputs) ? outputs.v : null);

  test('are counted when the last voter has ended; who failed has not voted, and too few are too few', async () => {
    const y = ({ sleep }: Work) => sleep(1000).then(() => 'yes');
    const end = await run(vote(''), { x: says('yes'), y, z: bad });
    expect([decisionOf(end), end.makespanMs]).toMatchObject([{ choice: 'yes', margin: 2 }, 1000]);
    expect((await run(vote(', quorum: 3'), { x: says('yes'), y, z: bad })).failure?.code).toBe('VOTE_UNDECIDED');
  });

  test('a judge that fails leaves it to a person, who may give the bare choice; overruled voters show in the margin', async () => {
    const personas = { x: says('a'), y: says('a'), z: says('b'), judge: bad };
    const signal = { at: 60_000, do: 'signal', name: 'v.decision', payload: 'b' } as const;
    const end = await run(vote(', rule: judged, judge: judge'), personas, { happenings: [signal] });
    expect(decisionOf(end)).toMatchObject({ choice: 'b', margin: -1 });
  });
});

test('a message that nobody was ever there to be given is a dead letter', async () => {
  const a = ({ send }: Work) => send('persona:nobody', 'hello');
  const { view } = await run(file([ask('a')]), { a });
  expect(view.deadLetters).toMatchObject([{ message: { from: 'a', to: 'persona:nobody', body: 'hello' } }]);
});
