/** The outputs of a workflow, rendered at its end. */
import { checkDeclared } from '../definition/value-schema.ts';
import type { Conclusion } from '../machines/run-port.ts';
import { errorData } from '../protocol/errors.ts';
import { frozen } from '../protocol/frozen.ts';
import { isJsonObject, type Json } from '../protocol/json.ts';
import type { RunScope } from './run-state.ts';
import { sharedValues } from './shared-cell.ts';

/** Renders the outputs; what cannot be rendered, or is not as declared, comes back as an error. */
export function conclude({ blueprint, nestedIn, steps, variables, cell }: RunScope): Conclusion {
  const scope = cell === null ? { steps, variables } : { steps, variables, shared: sharedValues(cell) };
  try {
    const own = blueprint.outputs?.(scope);
    const added = nestedIn?.nestedOutputs?.(scope);
    const result = own ?? (nestedIn?.inherits === true ? ownResult(blueprint.ids, steps) : byStep(steps));
    const outputs = frozen(added === undefined ? result : { ...(result as object), ...(added as object) }) as Json;
    const { outputTypes } = blueprint.workflow;
    if (outputTypes === undefined) return { outputs, error: null };
    const { issues } = checkDeclared(outputTypes, isJsonObject(outputs) ? outputs : {});
    if (issues.length === 0) return { outputs, error: null };
    const problems = issues.map(({ path, message }) => `${path === '' ? 'the whole' : path} ${message}`).join('; ');
    return {
      outputs,
      error: {
        code: 'OUTPUT_INVALID',
        message: `the outputs of ${blueprint.workflow.name} are not as declared: ${problems}`,
        hint: 'see "outputs" and "output_types" of the workflow',
        retryable: false,
      },
    };
  } catch (thrown) {
    return { outputs: null, error: { ...errorData(thrown, 'TEMPLATE_FAILED'), retryable: false } };
  }
}

/** Nothing writes to the outputs by step any more: they may be handed out. */
const byStep = (steps: RunScope['steps']): Json => Object.freeze(steps) as Json;

/** The result of an item of a map: of its only step, else of each of its steps by id. What it saw of its surroundings is not its own. */
function ownResult(ids: ReadonlySet<string>, steps: RunScope['steps']): Json {
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0) return steps[only] ?? null;
  return Object.fromEntries([...ids].flatMap((id) => (steps[id] === undefined ? [] : [[id, steps[id]]]))) as Json;
}
