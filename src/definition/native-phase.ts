import { isJsonObject } from '../protocol/json.ts';
import { checkPath } from './native-dependencies.ts';
import { conditionOf, type Entries, given, mapOf, numberOf, textOf } from './native-entries.ts';
import { readPeople } from './native-phase-people.ts';
import type { NativePlace } from './native-place.ts';
import { nearest } from './nearest-name.ts';
import { checkPersona } from './persona-check.ts';
import {
  type FeedbackSettings,
  type GateFailurePolicy,
  type GateSettings,
  MAX_FEEDBACK_LOOPS,
  type PhaseSettings,
} from './phase-settings.ts';
import { quoted } from './printable.ts';
import { report } from './reading.ts';
import { nodeAt, offsetAt, type SourceNode, type SourcePath } from './source-node.ts';

/** Reads the gate of a phase, and where it sends work back to. Whether there is such a phase is checked with the graph. */
export function readPhase(data: Entries, node: SourceNode, place: NativePlace): PhaseSettings {
  // As they are written: what is wrong with one of their keys does not hide what is wrong with another.
  const gate = nodeAt(node, ['gate'])?.value;
  const feedback = nodeAt(node, ['feedback'])?.value;
  return given({
    gate: isJsonObject(gate) ? readGate(gate, data, node, place) : undefined,
    feedback: isJsonObject(feedback) ? readFeedback(feedback, data, node, place) : undefined,
  });
}

/** Reads where a step that is no phase sends work back to; undefined where it does not. */
export function readSendingBack(data: Entries, node: SourceNode, place: NativePlace): FeedbackSettings | undefined {
  const feedback = nodeAt(node, ['feedback'])?.value;
  return isJsonObject(feedback) ? readFeedback(feedback, data, node, place) : undefined;
}

/** Keys by which a group says who must complete: with a rate that is the gate’s business. */
const OVERRULED = ['wait_for', 'quorum', 'deadline', 'on_failure'];

function readGate(gate: Entries, data: Entries, node: SourceNode, place: NativePlace): GateSettings {
  const { reading } = place;
  const persona = textOf(gate.persona);
  const onFailure = (gate.on_failure ?? 'stop') as GateFailurePolicy;
  if (persona !== undefined) checkPersona(persona, offsetAt(node, ['gate', 'persona']), 'native', reading);
  const conflict = (path: SourcePath, message: string, hint: string) =>
    report(reading, node, path, { code: 'DECLARATION_CONFLICT', part: 'key', message, hint });
  for (const key of gate.rate === undefined ? [] : OVERRULED) {
    if (data[key] !== undefined)
      conflict([key], `with "rate" the gate says how many must complete: "${key}" says nothing beside it`, 'leave one out');
  }
  for (const key of ['max', 'take_back']) {
    if (gate[key] === undefined || onFailure === 'retry' || onFailure === 'rework') continue;
    conflict(['gate', key], `"${key}" says nothing with "on_failure: ${onFailure}"`, 'say "retry" or "rework", or leave it out');
  }
  const scores: Record<string, number> = {};
  for (const [path, least] of Object.entries(mapOf(gate.scores))) {
    if (typeof least !== 'number') continue;
    checkOutputPath(path, ['gate', 'scores', path], 'key', node, place);
    scores[path] = least;
  }
  return {
    onFailure,
    max: numberOf(gate.max) ?? MAX_FEEDBACK_LOOPS,
    ...given({ takeBack: gate.take_back === true ? true : undefined, rate: numberOf(gate.rate), check: conditionOf(gate.check), persona }),
    ...given({ person: readPeople(node, ['gate', 'person'], `May ${textOf(data.id) ?? 'it'} pass?`, reading) }),
    ...(Object.keys(scores).length === 0 ? {} : { scores }),
  };
}

function readFeedback(feedback: Entries, data: Entries, node: SourceNode, place: NativePlace): FeedbackSettings {
  const findings = textOf(feedback.findings);
  if (findings !== undefined && !findings.includes('{{')) checkOutputPath(findings, ['feedback', 'findings'], 'value', node, place);
  return {
    to: textOf(feedback.to) ?? '',
    max: numberOf(feedback.max) ?? MAX_FEEDBACK_LOOPS,
    ...given({ when: conditionOf(feedback.when), findings, takeBack: feedback.take_back === true ? true : undefined }),
    ...given({ escalate: readPeople(node, ['feedback', 'escalate'], `How does ${textOf(data.id) ?? 'it'} go on?`, place.reading) }),
  };
}

/** A path into the outputs of steps begins with the id of one. */
function checkOutputPath(written: string, at: SourcePath, part: 'key' | 'value', node: SourceNode, { reading, homes }: NativePlace): void {
  const path = checkPath(written, [...at], node, reading);
  if (path.length === 0) return;
  const id = path.slice(0, homes.idLength(path)).join('.');
  if (homes.knows(id)) return;
  const close = nearest(id, homes.ids());
  const hint = close === null ? 'a path begins with the id of a step' : `did you mean "${close}"?`;
  report(reading, node, at, { code: 'NAME_UNKNOWN', part, message: `there is no step ${quoted(id)}`, hint });
}
