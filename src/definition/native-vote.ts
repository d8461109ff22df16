import { isJsonObject, type Json } from '../protocol/json.ts';
import type { VoteRule } from './joining.ts';
import { readData } from './native-data.ts';
import { checkPath } from './native-dependencies.ts';
import { type Entries, given, mapOf, namesOf, numberOf, textOf } from './native-entries.ts';
import { readSendingBack } from './native-phase.ts';
import type { NativeBase, NativePlace } from './native-place.ts';
import { checkTaskType } from './native-task-type.ts';
import { readDuration, readTiming } from './native-timing.ts';
import { nearest } from './nearest-name.ts';
import { checkPersona } from './persona-check.ts';
import { quoted } from './printable.ts';
import { report } from './reading.ts';
import { offsetAt, type SourceNode } from './source-node.ts';
import type { TaskStep, VoteStep } from './workflow.ts';

/** Voters are steps that nobody has to write: a short file could ask for millions. */
const MAX_STEPS = 50_000;

/** Reads a vote: the task of one voter, once for each of them. */
export function readVote(base: NativeBase, data: Entries, node: SourceNode, place: NativePlace): VoteStep {
  const { reading } = place;
  const personas = readVoters(data, node, place);
  const params = mapOf(data.params);
  const taken = readData(base.id, data, params, node, place);
  const task = {
    ...taken.data,
    ...readTiming(data, node, [], reading, place.inherited),
    ...given({ onAmbiguous: data.on_ambiguous as TaskStep['onAmbiguous'] }),
    params,
  };
  const steps = personas.map((persona, index): TaskStep => {
    const id = `${base.id}.${index + 1}`;
    return { ...member(base, id), ...task, persona };
  });
  const quorum = numberOf(data.quorum);
  if (quorum !== undefined && steps.length > 0 && quorum > steps.length) {
    const message = `${quorum} voters must answer, and there are ${steps.length}`;
    report(reading, node, ['quorum'], { code: 'QUORUM_IMPOSSIBLE', message });
  }
  checkRule(data, node, place);
  const { timeout } = mapOf(data.escalate);
  for (const step of steps) reading.origins.set(step, node);
  return {
    ...base,
    dependencies: [...new Set([...base.dependencies, ...taken.dependencies])],
    kind: 'vote',
    steps,
    rule: ruleOf(data),
    choice: readPath('choice', data, node, place) ?? [],
    ...given({
      score: readPath('score', data, node, place),
      weights: readWeights(data, personas, node, place),
      judge: data.judge === undefined ? undefined : readJudge(base, data.judge, node, place),
      quorum,
      feedback: readSendingBack(data, node, place),
      timeout: timeout === undefined ? undefined : readDuration(timeout, node, ['escalate', 'timeout'], reading),
    }),
  };
}

const ruleOf = (data: Entries): VoteRule => (data.rule ?? 'majority') as VoteRule;

/** What the tasks of a vote have of it. */
function member(base: NativeBase, id: string): Omit<TaskStep, 'params'> {
  const name = base.name === base.id ? id : base.name;
  const { position } = base;
  return { id, name, type: 'persona-request', dependencies: [], kind: 'task', ...given({ position }) };
}

/** The persona of each voter. */
function readVoters(data: Entries, node: SourceNode, { reading }: NativePlace): string[] {
  const persona = textOf(data.persona);
  const voters = numberOf(data.voters);
  const has = (key: string) => node.entries?.has(key) === true;
  for (const key of ['persona', 'voters']) {
    if (!has('personas') || !has(key)) continue;
    const message = `"personas" names every voter: "${key}" says nothing beside it`;
    report(reading, node, [key], {
      code: 'DECLARATION_CONFLICT',
      part: 'key',
      message,
      hint: 'give "personas", or "persona" and "voters"',
    });
  }
  if (!has('personas')) {
    const missing = ['persona', 'voters'].filter((key) => !has(key));
    const hint = 'or name every voter under "personas"';
    for (const key of missing) report(reading, node, [], { code: 'KEY_MISSING', message: `a vote needs "${key}"`, hint });
  }
  if (persona !== undefined) checkPersona(persona, offsetAt(node, ['persona']), 'native', reading);
  const personas = namesOf(data.personas);
  for (const [index, one] of personas.entries()) checkPersona(one, offsetAt(node, ['personas', index]), 'native', reading);
  const asked = personas.length > 0 ? personas : Array.from({ length: voters ?? 0 }, () => persona ?? '');
  if (reading.origins.size + asked.length <= MAX_STEPS) return asked;
  const message = `with these voters the file has more than ${MAX_STEPS.toLocaleString('en')} steps`;
  report(reading, node, [has('personas') ? 'personas' : 'voters'], { code: 'WORKFLOW_TOO_LARGE', message });
  return [];
}

function checkRule(data: Entries, node: SourceNode, { reading }: NativePlace): void {
  const rule = ruleOf(data);
  const has = (key: string) => node.entries?.has(key) === true;
  const conflict = (key: string, message: string) => report(reading, node, [key], { code: 'DECLARATION_CONFLICT', part: 'key', message });
  for (const key of ['weights', 'score'])
    if (has(key) && rule !== 'weighted') conflict(key, `"${key}" says nothing under the rule ${rule}`);
  if (has('weights') && has('score')) conflict('score', 'a vote is weighted by "weights" or by "score", not by both');
  const missing = (message: string) => report(reading, node, ['rule'], { code: 'KEY_MISSING', message });
  if (rule === 'weighted' && !has('weights') && !has('score')) missing('a weighted vote needs "weights" or "score"');
  if (rule === 'judged' && !has('judge')) missing('a judged vote needs "judge"');
}

function readWeights(data: Entries, personas: readonly string[], node: SourceNode, { reading }: NativePlace): number[] | undefined {
  if (!isJsonObject(data.weights)) return undefined;
  const weights = data.weights;
  const voters = new Set(personas);
  for (const persona of Object.keys(weights)) {
    if (voters.size === 0 || voters.has(persona)) continue;
    const close = nearest(persona, voters);
    const hint = close === null ? `voters are ${[...voters].slice(0, 20).join(', ')}` : `did you mean "${close}"?`;
    report(reading, node, ['weights', persona], {
      code: 'NAME_UNKNOWN',
      part: 'key',
      message: `${quoted(persona)} does not vote here`,
      hint,
    });
  }
  return personas.map((persona) => numberOf(weights[persona]) ?? 1);
}

function readPath(key: string, data: Entries, node: SourceNode, { reading }: NativePlace): string[] | undefined {
  const text = textOf(data[key]);
  return text === undefined ? undefined : checkPath(text, [key], node, reading);
}

function readJudge(base: NativeBase, written: Json, node: SourceNode, { reading, inherited }: NativePlace): TaskStep {
  const judge: Entries = isJsonObject(written) ? written : {};
  const persona = textOf(written) ?? textOf(judge.persona);
  const type = textOf(judge.type) ?? 'persona-request';
  const at = isJsonObject(written) ? ['judge', 'persona'] : ['judge'];
  if (persona !== undefined) checkPersona(persona, offsetAt(node, at), 'native', reading);
  if (judge.type !== undefined) checkTaskType(type, node, ['judge', 'type'], reading);
  if (persona === undefined && judge.type === undefined) {
    report(reading, node, ['judge'], { code: 'KEY_MISSING', message: '"judge" needs "persona" or "type": somebody must decide' });
  }
  const step: TaskStep = {
    ...member(base, `${base.id}.judge`),
    type,
    params: mapOf(judge.params),
    ...readTiming(judge, node, ['judge'], reading, inherited),
    ...given({ persona }),
  };
  reading.origins.set(step, node);
  return step;
}
