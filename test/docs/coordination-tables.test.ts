// What the tables of docs/coordination.md say is held against the code they speak of.
import { type CrewMember, completed, type Json, loadWorkflowSync, type Work } from 'troupe';
import { type SimulateOptions, simulate } from 'troupe/testing';
import { describe, expect, test } from 'vitest';
import { mergeThreeWays } from '../../src/policy/three-way-merge.ts';
import { quoted, readPage, table } from './page.ts';

const page = readPage('coordination.md');
/** What stands between backticks in a cell, which has lost them where it is nothing else. */
const spoken = (cell: string) => (cell.includes('`') ? quoted(cell) : [cell]);

async function run(text: string, personas: Readonly<Record<string, CrewMember>> = {}, options: SimulateOptions = {}) {
  const { workflow, diagnostics } = loadWorkflowSync(text, { text: true });
  if (workflow === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const end = await simulate(workflow, { crew: { personas }, ...options });
  return { ...end, ends: end.history.map(([step, outcome]) => `${step} ${outcome}`) };
}

const bad = () => Promise.reject(new Error('bad'));
const asking = (id: string, persona: string, more = '') => `{ id: ${id}, type: persona-request, persona: ${persona}${more} }`;

test.each(table(page, 'joins'))('%s: joined %s, lost %s, and %s complete', async (waitFor = '', _joined, _lost, complete = '') => {
  const [way = '', ...more] = spoken(waitFor);
  const members = [1, 2, 3, 4, 5].map((n) => asking(`m${n}`, `p${n}`));
  const personas = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`p${n}`, ({ sleep }: Work) => sleep(n * 1000)]));
  const group = `{ id: g, type: parallel, ${[`wait_for: ${way}`, ...more].join(', ')}, steps: [${members.join(', ')}] }`;
  const { ends } = await run(`name: join\nsteps: [${group}]`, personas);
  expect(ends.flatMap((end) => /^m(\d) completed$/u.exec(end)?.[1] ?? []).join(' ')).toBe(complete);
  expect(ends.at(-1)).toBe('g completed');
});

test.each(table(page, 'lost'))('a group that is lost, %s: %s, and it has %s', async (policy = '', then = '', group = '') => {
  const personas = {
    a: ({ sleep }: Work) => sleep(1000),
    b: ({ sleep, task }: Work) => sleep(2000).then(() => (task.attempt === 1 ? bad() : 'mended')),
    c: ({ sleep }: Work) => sleep(3000),
    undo: () => 'undone',
  };
  const members = [asking('a', 'a', ', compensate: { persona: undo }'), asking('b', 'b'), asking('c', 'c')];
  const text = `name: lost\ncompensate_on: never\nsteps: [{ id: g, type: parallel, on_failure: ${policy}, steps: [${members.join(', ')}] }]`;
  const { ends } = await run(text, personas);
  expect(ends).toEqual(['a completed', 'b failed', ...then.split(', '), `g ${group}`]);
});

describe.each(table(page, 'edges'))('with the dependency %s on x,', (dependency = '', ...cells) => {
  const ways = ['{ ok: true }', null, '{ ok: true }, condition: false'] as const;
  const step = (set: string | null) => (set === null ? asking('x', 'bad') : `{ id: x, type: variables, set: ${set} }`);
  const outcomeOf = async (set: string | null) => {
    const dependent = `{ id: y, type: variables, set: { y: 1 }, dependencies: [${dependency}] }`;
    const { history } = await run(`name: edge\nsteps: [${step(set)}, ${dependent}]`, { bad });
    return Object.fromEntries(history).y === 'completed' ? 'runs' : 'skipped';
  };

  test('the step that depends runs or is skipped as the row says', async () => {
    expect(await Promise.all(ways.map(outcomeOf))).toEqual(cells.map((cell) => cell.replace(/ if .*/u, '')));
    expect(await outcomeOf('{ ok: false }')).toBe(cells[0]?.includes(' if ') ? 'skipped' : cells[0]);
  });
});

test.each(table(page, 'merges'))('%s: %s to %s and to %s is %s', (_what, before = '', one = '', other = '', merged = '') => {
  const [base, theirs, ours]: Json[] = [before, one, other].map((text) => JSON.parse(text));
  const { value, conflicts } = mergeThreeWays(base, theirs, ours);
  expect(conflicts.length > 0 ? 'conflict' : JSON.stringify(value)).toBe(merged);
});

test('the rungs of the ladder are those that there are', () => {
  const { diagnostics } = loadWorkflowSync('name: x\nconflicts: { ladder: [nothing] }\nsteps: [{ id: a, type: variables, set: { a: 1 } }]');
  const rungs = table(page, 'ladder').map(([rung = '']) => rung);
  expect(diagnostics[0]?.message).toContain(`one of ${rungs.join(', ')};`);
});

test.each(table(page, 'answers'))('the answer %s to a conflict leaves %s', async (answer = '', taken = '') => {
  const writing = (plan: Json) => () => completed(null, { writes: { plan } });
  const personas = { a: writing({ a: 1, b: 1 }), b: writing({ a: 2, c: 1 }), lead: () => JSON.parse(answer) };
  const members = ['a', 'b'].map((id) => asking(id, id, ', writes: plan')).join(', ');
  const group = `{ id: g, type: parallel, conflicts: { ladder: [automatic, guided], persona: lead }, steps: [${members}] }`;
  const { outputs } = await run(`name: answer\nshared: { plan: {} }\nsteps: [${group}]\noutputs: { plan: "{{ shared.plan }}" }`, personas);
  expect(outputs).toEqual({ plan: JSON.parse(taken) });
});

describe('sync points', () => {
  const rows = table(page, 'sync points');

  test.each(rows)('%s: %s, and the output is %s', async (sync = '', _what, output = '') => {
    const personas = {
      a: ({ sleep }: Work) => sleep(1000).then(() => completed(null, { writes: { n: 1 } })),
      b: async ({ sleep, report, task }: Work) => {
        await sleep(2000);
        report({ percent: 50 });
        await sleep(2000);
        return completed(null, task.context === undefined ? {} : { writes: {} });
      },
    };
    const more = { progress_checkpoint: ', threshold: 50', quality_gate: ', check: true' }[sync] ?? '';
    const point = `{ id: point, type: sync-point, sync: ${sync}, members: [a, b], timeout: 1m${more} }`;
    const members = `${asking('a', 'a', ', writes: n')}, ${asking('b', 'b')}, ${point}`;
    const { outputs, status } = await run(`name: s\nshared: { n: 0 }\nsteps: [{ id: g, type: parallel, steps: [${members}] }]`, personas);
    expect(status).toBe('completed');
    const shown = JSON.stringify((outputs as Record<string, Json>).point);
    expect(sync === 'resource_rebalancing' ? shown.replace(/\[.*\]/u, '[…]') : shown).toBe(output);
  });
});

test.each(table(page, 'votes'))('a vote by %s, decided by %s: %s gives %s', async (rule = '', _by, answers = '', choice = '') => {
  const [way = '', more = ''] = spoken(rule);
  const [first, second, third] = quoted(answers.includes('`') ? answers : `\`${answers}\``);
  const personas = { first: () => first, second: () => second, third: () => third, judge: () => 'what the judge says' };
  const vote = `{ id: v, type: vote, personas: [first, second, third], rule: ${way}${more === '' ? '' : `, ${more}`}, escalate: { timeout: 1m } }`;
  const { outputs, failure, makespanMs } = await run(`name: vote\nsteps: [${vote}]\noutputs: { choice: "{{ steps.v.choice }}" }`, personas);
  const tied = failure?.code === 'VOTE_UNDECIDED' && makespanMs === 60_000;
  expect(tied ? 'tie' : String((outputs as Record<string, Json>).choice).trim()).toBe(choice);
});

test.each(table(page, 'tolerance'))('with tolerate %s a map may have %s failed items', async (tolerate = '', may = '') => {
  const key = tolerate === 'not given' ? '' : `, tolerate: ${tolerate}`;
  const failing = async (count: number) => {
    const personas = { p: ({ task }: Work) => (Number(task.params.n) <= count ? bad() : 'ok') };
    const inner = asking('one', 'p', ', params: { n: "{{ n }}" }');
    const list = JSON.stringify(Array.from({ length: 20 }, (_, index) => index + 1));
    const text = `name: m\nsteps: [{ id: m, type: map, over: "${list}", as: n${key}, steps: [${inner}] }]`;
    const { status, failure } = await run(text, personas);
    return failure?.code === 'MAP_FAILED' || status === 'failed' ? 'failed' : status;
  };
  expect([await failing(Number(may)), await failing(Number(may) + 1)]).toEqual(['completed', 'failed']);
});
