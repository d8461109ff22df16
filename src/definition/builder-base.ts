import type { Json } from '../protocol/json.ts';
import { builtAfter } from './builder-edges.ts';
import type { StepList } from './builder-list.ts';
import type { Known, StepOptions } from './builder-options.ts';
import { builtCondition, fromScope } from './builder-scope.ts';
import { type ReferenceKind, referencedSteps, referencedVariables } from './expression-references.ts';
import type { FailurePolicy } from './joining.ts';
import type { Step } from './workflow.ts';
import { writtenValue } from './written-value.ts';

type StepBase = Pick<Step, 'id' | 'name' | 'type' | 'dependencies' | 'edges' | 'description' | 'condition' | 'fallback' | 'forSteps'> & {
  readonly onFailure?: FailurePolicy;
};

/** A text of a step, as far as it says what the step waits for. */
export interface ReadText {
  readonly kind: ReferenceKind;
  readonly value: Json;
}

/** What a step reads beside its name and condition: texts, and what it depends on without any text saying so. */
export interface Reads {
  readonly texts?: readonly ReadText[];
  readonly dependencies?: readonly string[];
}

/**
 * The part that all steps have. Beside `options.after`, a step depends on every step whose output or variable it reads: in its condition, its
 * name, or in `reads`.
 */
export function builtBase<K extends Known>(list: StepList, id: string, type: string, options: StepOptions<K>, reads: Reads = {}): StepBase {
  const name = options.name === undefined ? id : String(writtenValue(fromScope(list, options.name), `the name of "${id}"`));
  const condition = options.condition === undefined ? undefined : builtCondition(list, options.condition, `the condition of "${id}"`);
  const { edges, conditions, ...waiting } = builtAfter<K>(list, id, options.after);
  const texts = [...(reads.texts ?? []), template(name), ...[condition ?? [], conditions].flat().map(conditionText)];
  const dependencies = new Set([...waiting.dependencies, ...readDependencies(list, texts), ...(reads.dependencies ?? [])]);
  return {
    id,
    name,
    type,
    dependencies: [...dependencies],
    ...(Object.keys(edges).length === 0 ? {} : { edges }),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(condition === undefined ? {} : { condition }),
    ...(options.fallback === undefined ? {} : { fallback: options.fallback }),
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
    ...(options.forSteps === undefined ? {} : { forSteps: options.forSteps }),
  };
}

/** A value whose texts hold templates. */
export function template(value: Json): ReadText {
  return { kind: 'template', value };
}

/** A text that is one condition or expression. */
export function conditionText(value: string): ReadText {
  return { kind: 'condition', value };
}

/** What a step of this list depends on because of what its texts read, each once. */
function readDependencies(list: StepList, texts: readonly ReadText[]): Set<string> {
  const found = new Set<string>();
  for (const { kind, value } of texts) {
    const read = [
      ...[...referencedSteps(value, 'native', kind)].map((step) => list.dependencyOn(step)),
      ...[...referencedVariables(value, 'native', kind)].map((variable) => list.dependencyOnVariable(variable)),
    ];
    for (const dependency of read) if (dependency !== null) found.add(dependency);
  }
  return found;
}
