/** Random workflows of phases: gates, ways back, groups and maps among their members, keys that they share, and crews that fail. */
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../src/actors/scripted-agent.ts';
import { loaded } from '../definition/diagnosed.ts';
import type { Play } from './play.ts';

/** A play of phases. */
export interface PhasedPlay extends Play {
  readonly text: string;
  /** By path of the sender: how often its work may go back. */
  readonly bounds: Readonly<Record<string, number>>;
  /** By path of a step: who stands in for it. */
  readonly standIns: Readonly<Record<string, string>>;
  readonly policy: string;
}

const persona = (id: string, more = '') => `{ id: ${id}, type: persona-request, persona: p${more} }`;

/** The members of the phase with a number, as texts. */
const members = (phase: number): fc.Arbitrary<string> =>
  fc.constantFrom(
    `[${persona(`a${phase}`)}]`,
    `[${persona(`a${phase}`, ', writes: [k]')}, ${persona(`b${phase}`, ', reads: [k], retries: 1')}]`,
    `[${persona(`a${phase}`)}, ${persona(`b${phase}`, `, dependencies: a${phase}, writes: [k]`)}]`,
    `[{ id: g${phase}, type: parallel, steps: [${persona(`a${phase}`)}, ${persona(`b${phase}`)}] }, { id: v${phase}, type: variables, set: { seen${phase}: 1 } }]`,
    `[{ id: m${phase}, type: map, over: "[1, 2]", as: item, steps: [${persona(`a${phase}`)}] }]`,
    `[{ id: i${phase}, type: phase, steps: [${persona(`a${phase}`)}], gate: { on_failure: rework, max: 1, check: "steps.a${phase}.issues != 2" } }]`,
    `[${persona(`a${phase}`)}, { id: z${phase}, type: sleep, for: 30ms }]`,
    `[${persona(`a${phase}`, `, fallback: b${phase}`)}, ${persona(`b${phase}`, ', writes: [k]')}, ${persona(`c${phase}`, `, dependencies: [{ step: a${phase}, when: "steps.a${phase}.issues != 3" }]`)}]`,
  );

const gates = fc.option(
  fc
    .record({
      policy: fc.constantFrom('stop', 'retry, max: 1', 'rework, max: 2', 'continue'),
      demand: fc.constantFrom('rate: 0.5', 'check: "true"', 'rate: 1, check: "len(feedback) >= 0"', 'persona: p'),
    })
    .map(({ policy, demand }) => `gate: { ${demand}, on_failure: ${policy} }`),
);

const answer = fc.oneof(
  { weight: 5, arbitrary: fc.record({ after: fc.constantFrom(0, 5, 20), output: fc.constant({ status: 'pass', issues: 0 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      after: fc.constantFrom(0, 10),
      output: fc.record({ status: fc.constant('fail'), issues: fc.constantFrom(1, 2, 3) }),
    }),
  },
  { weight: 2, arbitrary: fc.constant<ScriptedAnswer>({ fail: 'no' }) },
) as fc.Arbitrary<ScriptedAnswer>;

const NAMES = ['a', 'b'].flatMap((letter) => [1, 2, 3, 4, 5, 6, 7, 8].map((phase) => letter + phase));

/** Random plays of two to four phases. */
export const phasedPlays: fc.Arbitrary<PhasedPlay> = fc
  .record({
    phases: fc.array(
      fc.record({ gate: gates, back: fc.option(fc.record({ by: fc.nat(), max: fc.nat({ max: 2 }) })), isSpared: fc.boolean() }),
      {
        minLength: 2,
        maxLength: 4,
      },
    ),
    inside: fc.tuple(...[1, 2, 3, 4].map(members)),
    modes: fc.array(fc.constantFrom('graph', 'sequential', 'parallel'), { minLength: 4, maxLength: 4 }),
    policy: fc.constantFrom('continue', 'continue', 'best_effort', 'stop'),
    skip: fc.constantFrom('satisfy', 'propagate'),
    isSequential: fc.boolean(),
    script: fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.array(answer, { minLength: 1, maxLength: 4 })]))),
    maxConcurrency: fc.constantFrom(1, 2, 5),
  })
  .map(({ phases, inside, modes, policy, skip, isSequential, script, maxConcurrency }) => {
    const bounds: Record<string, number> = {};
    const standIns: Record<string, string> = {};
    const steps = phases.map(({ gate, back, isSpared }, index) => {
      const id = `p${index + 1}`;
      const way = index === 0 || back === null ? null : { to: `p${(back.by % index) + 1}`, max: back.max };
      if (way !== null) bounds[id] = way.max;
      const after = isSequential || index === 0 ? '' : `\n    dependencies: p${index}`;
      const feedback = way === null ? '' : `\n    feedback: { to: ${way.to}, max: ${way.max} }`;
      if (isSpared) standIns[id] = `r${index + 1}`;
      if (inside[index]?.includes('fallback') === true) standIns[`a${index + 1}`] = `b${index + 1}`;
      const fallback = isSpared ? `\n    fallback: r${index + 1}` : '';
      const other = isSpared ? `\n  - { id: r${index + 1}, type: phase, steps: [${persona(`b${index + 5}`)}] }` : '';
      return `  - id: ${id}\n    type: phase\n    mode: ${modes[index]}${after}\n    steps: ${inside[index]}${gate === null ? '' : `\n    ${gate}`}${feedback}${fallback}${other}`;
    });
    const text = `name: phased\nmode: ${isSequential ? 'sequential' : 'graph'}\non_failure: ${policy}\non_skip: ${skip}\nshared: { k: 0 }\nsteps:\n${steps.join('\n')}\n`;
    return {
      text,
      workflow: loaded(text),
      bounds,
      standIns,
      policy,
      script: { ...script, '*': { output: { status: 'pass', issues: 0 } } } as Play['script'],
      maxConcurrency,
    };
  });
