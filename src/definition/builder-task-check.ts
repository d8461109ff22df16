import { schemaProblem } from './builder-declaration-check.ts';
import type { BuildProblem } from './builder-refusal.ts';
import { sentence } from './builder-refusal.ts';
import type { nativeNames } from './native-names.ts';
import { quoted } from './printable.ts';
import { SHARED_KEY } from './shared-key.ts';
import type { Step, TaskStep } from './workflow.ts';

/** What cannot hold of the data that tasks take, leave and share; `names` are those that they may use. */
export function* taskProblems(steps: readonly Step[], names: ReturnType<typeof nativeNames>): Generator<BuildProblem> {
  for (const step of steps) {
    if (step.kind !== 'task') continue;
    const { id, reads = [], inputs = {}, onStale, writes, outputSchema } = step;
    yield* twice(step);
    yield* inputProblems(step);
    for (const key of [...reads, ...(writes ?? [])]) {
      if (SHARED_KEY.test(key)) continue;
      const hint = 'a key has letters, digits, "_", "-", ":" and "/"';
      yield { code: 'VALUE_UNKNOWN', message: `${id}: ${quoted(key)} is no key of the shared context`, hint };
    }
    const unknown = [
      ...reads.flatMap((key) => names.keyProblem(key, '')),
      ...Object.values(inputs).flatMap((source) => names.source(source, '')),
    ];
    for (const { code, severity, message, hint } of unknown) {
      if (severity !== 'warning') yield { code, message: `${id}: ${sentence({ message, hint })}` };
    }
    if (onStale !== undefined && step.reads === undefined && writes === undefined) {
      const message = `${id}: "onStale" is about keys that were read, and none is`;
      yield { code: 'DECLARATION_CONFLICT', message, hint: 'say what it reads under "reads"' };
    }
    if (outputSchema !== undefined) yield* schemaProblem(outputSchema, `${id}: the output`);
  }
}

function* twice({ id, reads = [], writes = [], needs = {} }: TaskStep): Generator<BuildProblem> {
  const { capabilities = [], domains = [], services = [] } = needs;
  for (const [what, named] of Object.entries({ reads, writes, capabilities, domains, services })) {
    for (const name of named.filter((one, index) => named.indexOf(one) !== index)) {
      yield { code: 'KEY_DUPLICATE', message: `${id}: ${quoted(name)} is named twice under "${what}"` };
    }
  }
}

function* inputProblems({ id, params, inputs = {} }: TaskStep): Generator<BuildProblem> {
  for (const [name, { optional, default: standIn }] of Object.entries(inputs)) {
    if (Object.hasOwn(params, name)) {
      const message = `${id}: ${quoted(name)} is among the inputs and among the params`;
      yield { code: 'DECLARATION_CONFLICT', message, hint: 'give it in one place' };
    }
    if (optional === undefined || standIn === undefined) continue;
    const message = `${id}: the input ${quoted(name)} has a default, so it is never left out: "optional" says nothing beside it`;
    yield { code: 'DECLARATION_CONFLICT', message };
  }
}
