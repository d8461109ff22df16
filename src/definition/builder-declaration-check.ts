import { TroupeError } from '../protocol/errors.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { BuildProblem } from './builder-refusal.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import { schemaChecker } from './value-schema.ts';
import { everyStep, type ValueDeclaration, type Workflow } from './workflow.ts';

/** What cannot hold of the values that a workflow is started with and gives back. */
export function* declarationProblems({ inputs = {}, outputTypes = {}, outputs, steps }: Workflow): Generator<BuildProblem> {
  for (const [name, declaration] of Object.entries(inputs)) yield* ofDeclaration(declaration, `the input ${quoted(name)}`);
  const given = outputs === undefined ? [...everyStep(steps)].map(({ id }) => id) : Object.keys(outputs);
  for (const [name, declaration] of Object.entries(outputTypes)) {
    yield* ofDeclaration(declaration, `the output type ${quoted(name)}`);
    if (given.includes(name) || !declaration.required) continue;
    const closest = nearest(name, given);
    const hint = closest === null ? `outputs are ${given.slice(0, 20).join(', ')}` : `did you mean "${closest}"?`;
    yield { code: 'NAME_UNKNOWN', message: `${quoted(name)} is none of the outputs`, hint };
  }
}

/** SCHEMA_INVALID for a JSON Schema that cannot be read. */
export function* schemaProblem(schema: JsonObject, place: string): Generator<BuildProblem> {
  try {
    schemaChecker(schema);
  } catch (thrown) {
    if (!(thrown instanceof TroupeError)) throw thrown;
    yield { code: 'SCHEMA_INVALID', message: `${place}: ${thrown.message}` };
  }
}

function* ofDeclaration({ schema, default: standIn }: ValueDeclaration, place: string): Generator<BuildProblem> {
  if (schema === undefined) return;
  const unreadable = [...schemaProblem(schema, place)];
  yield* unreadable;
  if (unreadable.length > 0 || standIn === undefined) return;
  const [issue] = schemaChecker(schema)(standIn);
  if (issue === undefined) return;
  const at = issue.path === '' ? '' : ` at ${issue.path}`;
  yield { code: 'VALUE_TYPE', message: `${place}: the default is not what it must be${at}: ${issue.message}` };
}
