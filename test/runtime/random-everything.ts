/**
 * Random workflows of everything that a run can be made of, written as files: phases with gates and ways back, approvals, sleeps, groups that
 * are compensated, maps, votes, recovery, stand-ins, checkpoints, a budget, services that fail, handlers; and the crews and the people that
 * play them.
 */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import type { Happening } from '../../src/testing/simulate.ts';
import { loaded } from '../definition/diagnosed.ts';
import type { Play } from './play.ts';

/** A play of everything. */
export interface WholePlay extends Play {
  /** The file, for whoever looks into a failure. */
  readonly text: string;
  /** What people say, and when: late, twice, of somebody who is not asked. */
  readonly people: readonly Happening[];
  /** By path of a phase: how often its work may go back. */
  readonly bounds: Readonly<Record<string, number>>;
}

const MOST = 6;

const extras = fc.constantFrom(
  '',
  '',
  ', retries: 1',
  ', compensate: { persona: p, retries: 1 }',
  ', compensate: { persona: p }, retries: { max: 1, delay: 5ms }',
  ', recovery: [{ use: retry_agent, budget: 2, delay: 5ms }]',
  ', recovery: [{ use: substitute_agent, personas: [q] }, { use: partial, output: 0 }]',
  ', recovery: [{ use: escalate, to: [ann], due: 1h }], compensate: { persona: p }',
  ', timeout: 30ms',
  ', criticality: high',
  ', writes: [key]',
  ', requires: { tokens: 9 }',
  ', requires: { services: github }',
  ', requires: { services: [github, registry] }, retries: { max: 2, delay: 5ms }',
  ', on_failure: best_effort',
);

/** A task with something about it. */
const task = (id: string) => extras.map((more) => `{ id: ${id}, type: persona-request, persona: p${more.replace('key', `k_${id}`)} }`);
const tasks = (id: string, least = 1) =>
  fc
    .tuple(task(`${id}a`), task(`${id}b`), task(`${id}c`), fc.integer({ min: least, max: 3 }))
    .map(([a, b, c, count]) => `[${[a, b, c].slice(0, count).join(', ')}]`);

/** A phase with a gate, and perhaps a way back to one of those before it. */
function phase(n: number, before: readonly string[]): fc.Arbitrary<string> {
  const id = `s${n}`;
  const gate = fc.constantFrom(
    '',
    ', gate: { rate: 0.5, on_failure: rework, max: 1, take_back: true }',
    ', gate: { person: { to: [ann], timeout: 80ms, on_timeout: approve }, on_failure: rework, max: 1 }',
    ', gate: { person: { to: [ann], timeout: 80ms } }',
    ', gate: { rate: 1, on_failure: continue }',
  );
  const ways = before.flatMap((to) =>
    ['', ', take_back: true'].map((more) => `, feedback: { to: ${to}, max: 2, findings: ${id}a.issues${more} }`),
  );
  return fc
    .tuple(tasks(id), gate, fc.constantFrom(...(ways.length === 0 ? [''] : ways)))
    .map(([steps, g, b]) => `id: ${id}, type: phase, steps: ${steps}${g}${b}`);
}

/** What may stand at the n-th place; \`before\`: ids of phases that work can go back to. */
function block(n: number, before: readonly string[]): fc.Arbitrary<string> {
  const id = `s${n}`;
  const members = tasks(id);
  return fc.oneof(
    { weight: 3, arbitrary: extras.map((more) => `id: ${id}, type: persona-request, persona: p${more.replace('key', `k_${id}`)}`) },
    { weight: 3, arbitrary: phase(n, before) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          extras,
          fc.constantFrom('', `, when: "steps.${id}.issues > 0"`, `, findings: ${id}.issues, take_back: true`),
          fc.constantFrom(...before, ''),
        )
        .map(([more, when, to]) => {
          const back = to === '' ? '' : `, feedback: { to: ${to}, max: 2${when} }`;
          return `id: ${id}, type: persona-request, persona: p${more.replace('key', `k_${id}`)}${back}`;
        }),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(
          '',
          ', timeout: 80ms, on_timeout: approve',
          ', timeout: 80ms',
          ', quorum: 2, assignee: [ann, bob]',
          ', on_reject: continue',
        )
        .map((terms) => `id: ${id}, type: approval, subject: May it?${terms}`),
    },
    { weight: 1, arbitrary: fc.constant(`id: ${id}, type: sleep, for: 25ms`) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          members,
          fc.constantFrom('parallel', 'sequence', 'group'),
          fc.constantFrom('compensate', 'fail_fast', 'settle', 'best_effort'),
        )
        .map(([steps, type, policy]) => `id: ${id}, type: ${type}, on_failure: ${policy}, steps: ${steps}`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(members, fc.nat(2))
        .map(([steps, tolerate]) => `id: ${id}, type: map, over: "[1, 2]", as: item, tolerate: ${tolerate}, steps: ${steps}`),
    },
    { weight: 1, arbitrary: fc.constant(`id: ${id}, type: vote, personas: [p, q, p], choice: issues, judge: p`) },
    {
      weight: 1,
      arbitrary: task(`${id}a`).map(
        (a) => `id: ${id}, type: sequence, steps: [${a}, { id: ${id}p, type: sync-point, sync: checkpoint, members: [${id}a] }]`,
      ),
    },
  );
}

const answer: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ after: fc.constantFrom(0, 5, 20, 60), output: fc.constant({ status: 'pass', issues: 0 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      after: fc.constantFrom(0, 10),
      output: fc.record({ status: fc.constant('fail'), issues: fc.constantFrom(1, 2) }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ after: fc.constantFrom(0, 10), fail: fc.constant('no') }) },
  { weight: 1, arbitrary: fc.record({ after: fc.constant(5), throw: fc.constant('broke') }) },
  {
    weight: 1,
    arbitrary: fc.record({ after: fc.constantFrom(0, 10), throw: fc.constant('502'), service: fc.constantFrom('github', 'registry') }),
  },
);
const used = fc.tuple(answer, fc.option(fc.nat(12))).map(([one, tokens]) => (tokens === null ? one : { ...one, usage: { tokens } }));

const steps = Array.from({ length: MOST }, (_, n) => n);
const places = steps.flatMap((n) => [
  `s${n}`,
  `s${n}a`,
  `s${n}b`,
  `s${n}c`,
  ...[0, 1].flatMap((i) => ['a', 'b'].map((m) => `s${n}[${i}]/s${n}${m}`)),
]);

const sayings = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 400 }),
    step: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...steps.map((n) => `s${n}`)) },
      { weight: 1, arbitrary: fc.constantFrom(...places) },
    ),
    by: fc.constantFrom('ann', 'ann', 'bob', 'eve'),
    decision: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
    times: fc.constantFrom(1, 1, 2),
  }),
  { maxLength: 12 },
);

const blocks = fc
  .array(fc.record({ phases: fc.boolean(), waitsFor: fc.array(fc.nat(MOST), { maxLength: 2 }) }), { minLength: 1, maxLength: MOST })
  .chain((drawn) => fc.tuple(...drawn.map((one, n) => draw(one, n))));

function draw({ phases, waitsFor }: { readonly phases: boolean; readonly waitsFor: readonly number[] }, n: number): fc.Arbitrary<string> {
  const drawn = waitsFor.filter((other) => other < n).map((other) => `s${other}`);
  // There is often a phase to go back to: the first.
  const others = [...new Set(phases && n > 0 ? ['s0', ...drawn] : drawn)];
  const what = phases && n < 2 ? phase(n, others) : block(n, others);
  return what.map((text) => `  - { ${text}${others.length === 0 ? '' : `, dependencies: [${others.join(', ')}]`} }`);
}

/** What steps may spend, of what the run may. */
const SHARES = [', budget: { tokens: 20, attempt: 4 }', ', budget: { tokens: 12, attempt: 5, on_spent: { timeout: 150ms } }'];
const SPENDS_NOTHING = /^ *- \{ id: \w+, type: (?:approval|sleep)/;

/** Random plays of everything. */
export const wholePlays: fc.Arbitrary<WholePlay> = fc
  .record({
    lines: blocks,
    shares: fc.array(fc.constantFrom('', '', '', ...SHARES), { minLength: MOST, maxLength: MOST }),
    spared: fc.array(fc.constantFrom('', '', '', 'fallback', 'transitions'), { minLength: MOST, maxLength: MOST }),
    onFailure: fc.constantFrom('continue', 'stop', 'best_effort'),
    budget: fc.constantFrom(
      '',
      '',
      'budget: { tokens: 60, attempt: 5 }\n',
      'budget: { tokens: 40, attempt: 8, on_spent: { timeout: 200ms } }\n',
    ),
    handled: fc.constantFrom('', 'failure_handling: { on_step_failure: [{ id: note, type: persona-request, persona: p }] }\n'),
    answers: fc.array(fc.array(used, { minLength: 1, maxLength: 3 }), { minLength: places.length, maxLength: places.length }),
    sayings,
    maxConcurrency: fc.constantFrom(1, 2, 5),
  })
  .map(({ lines, shares, spared, onFailure, budget, handled, answers, sayings: said, maxConcurrency }) => {
    const to = (line: string) => /feedback: \{ to: (s\d)/.exec(line)?.[1];
    // Work can go back to phases only.
    const kept = lines.map((line) => {
      const back = to(line);
      return back !== undefined && !lines[Number(back.slice(1))]?.includes('type: phase')
        ? line.replace(/, feedback: \{[^}]*\}/, '')
        : line;
    });
    const limited = kept.map((line, n) => (SPENDS_NOTHING.test(line) ? line : `${line.slice(0, -2)}${shares[n] ?? ''} }`));
    const others = limited.map((line, n) => {
      const other = { id: `f${n}`, work: 'type: persona-request, persona: p' };
      const beside = `  - { id: ${other.id}, ${other.work} }`;
      if (spared[n] === 'fallback') return `${line.slice(0, -2)}, fallback: ${other.id} }\n${beside}`;
      return spared[n] === 'transitions'
        ? `${line.slice(0, -2)}, transitions: [{ to: ${other.id}, when: "steps.s${n} != 0" }] }\n${beside}`
        : line;
    });
    const text = `name: whole\non_failure: ${onFailure}\n${budget}${handled}steps:\n${others.join('\n')}\n`;
    const script: Record<string, readonly ScriptedAnswer[]> = { '*': [{ after: 3, output: { status: 'pass', issues: 0 } }] };
    for (const [i, place] of places.entries()) script[place] = answers[i] ?? [];
    const people = said.flatMap(({ times, at, step, by, decision }): Happening[] =>
      Array.from({ length: times }, (_, again) => ({ at: at + again, do: 'answer', step, by, decision })),
    );
    const bounds = Object.fromEntries(
      kept.flatMap((line, n) => (line.includes('feedback:') ? [[line.includes('type: phase') ? `s${n}` : `s${n}.feedback`, 2]] : [])),
    );
    return { text, workflow: loaded(text), script, maxConcurrency, people, bounds };
  });
