import { isJsonObject, type Json } from '../protocol/json.ts';
import { RESERVED_ROOTS } from './expression-syntax.ts';
import { type Entries, given, mapOf, numberOf, textOf } from './native-entries.ts';
import { readLimits } from './native-limits.ts';
import type { NativePlace, ReadSteps } from './native-place.ts';
import { NATIVE_MARKS } from './native-template.ts';
import { readTiming } from './native-timing.ts';
import { isForbiddenName } from './own-data.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { nodeAt, type SourceNode } from './source-node.ts';
import { statedItems } from './stated-list.ts';
import { StepHomes } from './step-homes.ts';
import { scanTemplate } from './template-scanner.ts';
import type { MapStep, Workflow } from './workflow.ts';

/** Names that mean something else inside a map. */
const TAKEN: ReadonlySet<string> = new Set([...RESERVED_ROOTS, 'shared', 'index']);

/** Reads a map. Its body is a workflow of its own; steps outside that the body takes data from become dependencies of the map. */
export function readMap(
  base: Omit<MapStep, 'kind' | 'over' | 'as' | 'workflow'>,
  data: Entries,
  node: SourceNode,
  place: NativePlace,
  readSteps: ReadSteps,
): MapStep {
  const { reading } = place;
  const list = nodeAt(node, ['steps']);
  const homes = new StepHomes(list, { outside: place.homes });
  const name = `${place.workflow.name}/${base.id}`;
  const { onSkip } = place.workflow;
  const inherited = readTiming(data, node, [], reading, place.inherited);
  const workflow: Workflow = {
    name,
    dialect: 'native',
    file: reading.problems.source.file,
    variables: {},
    steps: readSteps(list, { reading, inherited, homes, workflow: { name, onSkip } }),
    mode: 'graph',
    ...(data.outputs === undefined ? {} : { outputs: mapOf(data.outputs) }),
    onFailure: 'continue',
    onSkip,
    onStepFailure: [],
    onWorkflowFailure: [],
  };
  const tolerated = readTolerance(data.tolerate, node, reading);
  if (tolerated !== undefined && base.onFailure === 'best_effort') {
    const message = '"tolerate" says nothing with "on_failure: best_effort": however many items fail, the map completes';
    report(reading, node, ['tolerate'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'leave one of them out' });
  }
  const needed = [...homes.fromOutside].map((id) => place.homes.dependencyFor(base.id, id)).filter((id) => id !== null);
  return {
    ...base,
    dependencies: [...new Set([...base.dependencies, ...needed])],
    kind: 'map',
    over: readOver(textOf(data.over) ?? '[]', node, reading),
    as: readAs(textOf(data.as) ?? 'item', node, reading),
    workflow,
    ...given({ maxConcurrent: numberOf(data.max_concurrent), tolerate: tolerated, limits: readLimits(data.limits) }),
  };
}

/** An expression, or a template that is exactly one; VALUE_TYPE for a literal that is no list. */
function readOver(written: string, node: SourceNode, reading: Reading): string {
  const text = onlyExpression(written, node, reading);
  if (statedItems(text) !== 'none') return text;
  const message = `"over" must give a list; found ${quoted(text)}`;
  report(reading, node, ['over'], { code: 'VALUE_TYPE', message, hint: 'write an expression such as "steps.find.files" or "[1, 2, 3]"' });
  return '[]';
}

function onlyExpression(text: string, node: SourceNode, reading: Reading): string {
  if (!text.includes('{{')) return text;
  const { parts, unclosed } = scanTemplate(text.trim(), NATIVE_MARKS);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') return only.text.trim();
  if (unclosed === null) {
    const message = `${quoted(text)} renders to a text, and a map goes over a list`;
    report(reading, node, ['over'], { code: 'TEMPLATE_INVALID', message, hint: 'write one expression, such as "steps.find.files"' });
  }
  return '[]';
}

function readAs(name: string, node: SourceNode, reading: Reading): string {
  if (/^[A-Za-z_]\w*$/u.test(name) && !TAKEN.has(name) && !isForbiddenName(name)) return name;
  const message = `the items cannot be called ${quoted(name)}`;
  const hint = TAKEN.has(name) ? `"${name}" means something else there` : 'write a name of letters, digits and "_"';
  report(reading, node, ['as'], { code: 'VALUE_UNKNOWN', message, hint });
  return 'item';
}

function readTolerance(value: Json | undefined, node: SourceNode, reading: Reading): MapStep['tolerate'] | undefined {
  if (typeof value === 'number') return { count: value };
  if (typeof value === 'string') {
    const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/u.exec(value)?.[1];
    if (percent === undefined) {
      const message = `${quoted(value)} is no share`;
      report(reading, node, ['tolerate'], { code: 'VALUE_UNKNOWN', message, hint: 'write a number of items, or a share such as "10%"' });
      return undefined;
    }
    if (Number(percent) <= 100) return { share: Number(percent) / 100 };
    report(reading, node, ['tolerate'], { code: 'VALUE_RANGE', message: '"tolerate" must be at most 100%' });
  }
  if (!isJsonObject(value)) return undefined;
  const count = numberOf(value.count);
  const share = numberOf(value.share);
  if (count !== undefined && share !== undefined) {
    const message = '"count" and "share" are both given';
    report(reading, node, ['tolerate', 'share'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'give one' });
  }
  if (count !== undefined) return { count };
  if (share !== undefined) return { share };
  report(reading, node, ['tolerate'], { code: 'KEY_MISSING', message: '"tolerate" needs "count" or "share"' });
  return undefined;
}
