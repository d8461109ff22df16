/** What is known of a workflow's values before it runs: what its expressions would find, as far as somebody has said it. */
import { memberAt } from '../definition/member-at.ts';
import type { MapStep, Workflow } from '../definition/workflow.ts';
import type { Json, JsonObject } from '../protocol/json.ts';

/** Values by name, under the roots that expressions know. */
export interface KnownValues {
  readonly variables: JsonObject;
  readonly shared: JsonObject;
  readonly input: JsonObject;
}

/** What a workflow says itself (initial values, defaults of inputs), and what a run is to be started with. */
export function knownValues(workflow: Workflow, given: { readonly input?: JsonObject; readonly variables?: JsonObject } = {}): KnownValues {
  const { variables, shared = {}, inputs = {} } = workflow;
  const defaults = Object.entries(inputs).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value] as const]));
  return {
    variables: { ...variables, ...given.variables },
    shared,
    input: { ...Object.fromEntries(defaults), ...given.input },
  };
}

/** What is known inside a map: the same, but for the names that mean another thing with every item. */
export function knownInside({ as }: Pick<MapStep, 'as'>, around: KnownValues): KnownValues {
  const { [as]: _item, index: _index, ...variables } = around.variables;
  return { ...around, variables };
}

/** The value of `name`, `variables.a.b`, `shared.a` or `input.a`; undefined for any other expression, and where nothing is known. */
export function knownValue(expression: string, { variables, shared, input }: KnownValues): Json | undefined {
  if (!/^\s*[A-Za-z_]\w*(?:\.\w+)*\s*$/u.test(expression)) return undefined;
  const [root = '', ...rest] = expression.trim().split('.');
  const roots: Readonly<Record<string, JsonObject>> = { variables, shared, input };
  return rest.length > 0 && Object.hasOwn(roots, root) ? memberAt(roots[root], rest) : memberAt(variables, [root, ...rest]);
}
