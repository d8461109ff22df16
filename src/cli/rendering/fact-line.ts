/** A journal for people: each fact on one line, with its number, its time and what it made the run ask for. */
import type { Batch } from '../../index.ts';
import { padLeft, truncate } from '../text/display-width.ts';
import { oneLine, valueLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { clockTime } from '../text/time-text.ts';
import { tokensOnTop } from './budget-lines.ts';

type Fact = Batch['fact'];

/** Longer payloads are cut here; `--json` shows them whole. */
const LONGEST_PAYLOAD = 60;

/** `  4  12:03:04  implementation#1 completed {"files":[…]}  → starts qa#1`. */
export function factLine(batch: Batch, paint: Paint): string {
  const asked = batch.intents.map(([kind, id]) => `${ASKS[kind]} ${oneLine(id)}`);
  const effects = asked.length === 0 ? '' : paint.dim(`  → ${asked.join(', ')}`);
  return `${paint.dim(padLeft(String(batch.n), 4))}  ${paint.dim(clockTime(batch.fact.at))}  ${sentence(batch.fact)}${effects}`;
}

/** Whether the run has ended with this batch. */
export function endsRun(batch: Batch): boolean {
  return batch.intents.some(([kind]) => kind === 'run.end');
}

const ASKS = { 'task.start': 'starts', 'task.cancel': 'withdraws', 'message.deliver': 'tells', 'run.end': 'ends' } as const;

function sentence(fact: Fact): string {
  switch (fact.type) {
    case 'run.retried':
      return `goes on; again: ${fact.again.map(oneLine).join(', ')}${onTop(fact)}`;
    case 'definition.adopted':
      return `goes on by the definition ${fact.definition.slice(0, 12)}`;
    case 'run.started':
      return `run of ${oneLine(fact.workflow)} started${fork(fact)}${brief(Object.keys(fact.input).length === 0 ? '' : fact.input, ' with ')}`;
    case 'task.completed':
      return `${about(fact)} completed${brief(fact.output, ' ')}${brief(fact.variables, ' and sets ')}${brief(fact.writes, ' and writes ')}`;
    case 'task.failed':
      return `${about(fact)} ${fact.thrown ? 'broke' : 'failed'}: ${fact.error.code}: ${oneLine(fact.error.message)}`;
    case 'task.queued':
      return `${about(fact)} waits for a free agent`;
    case 'task.held_back':
      return `${about(fact)} waits for ${oneLine(fact.why)}`;
    case 'task.started':
      return `${about(fact)} has its agent`;
    case 'agent.chosen':
      return `${about(fact)} is given to ${oneLine(fact.agent)}, ${chosenFor(fact)}`;
    case 'validation.failure':
      return `${about(fact)} gave an output that is not as declared: ${fact.issues.map(({ path, message }) => `${path === '' ? 'the whole' : oneLine(path)} ${oneLine(message)}`).join('; ')}`;
    case 'task.progressed':
      return `${about(fact)} ${progress(fact)}`;
    case 'message.sent':
      return `${oneLine(fact.message.from)} sends ${oneLine(fact.message.to)} a ${fact.message.kind}${brief(fact.message.body, ': ')}`;
    case 'timer.due':
      return 'a timer was due';
    case 'signal.received':
      return `signal ${oneLine(fact.name)} received${brief(fact.payload, ' ')}`;
    case 'approval.answered':
      return `${oneLine(fact.by)} answers ${oneLine(fact.step)}: ${fact.decision}${brief(fact.values, ' ')}${fact.reason === null ? '' : `: ${oneLine(fact.reason)}`}`;
    case 'approval.delegated':
      return `${oneLine(fact.by)} passes ${oneLine(fact.step)} on to ${oneLine(fact.to)}${fact.reason === null ? '' : `: ${oneLine(fact.reason)}`}`;
    case 'run.cancel_requested':
      return `cancel requested${fact.force === true ? ', by force' : ''}: ${oneLine(fact.reason)}`;
    case 'budget.raised':
      return `given: ${tokensOnTop(fact.budget)}`;
    case 'letter.dropped':
      return `${oneLine(fact.by)} puts the dead letter ${oneLine(fact.letter)} aside${fact.reason === null ? '' : `: ${oneLine(fact.reason)}`}`;
    case 'run.paused':
      return 'paused';
    case 'run.resumed':
      return 'unpaused';
    case 'run.recovered':
      return `taken up by a new process${fact.interrupted.length === 0 ? '' : `; interrupted: ${fact.interrupted.map(oneLine).join(', ')}`}`;
  }
}

function scored(score: Readonly<Record<string, number>> = {}): string {
  const { total, ...parts } = score;
  if (total === undefined) return '';
  const each = Object.entries(parts).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return ` (${total.toFixed(2)}: ${each.join(', ')})`;
}

function fork({ origin, kept = [] }: Extract<Fact, { type: 'run.started' }>): string {
  if (origin === undefined) return '';
  const changed = origin.changes.length === 0 ? '' : `, with another output of ${origin.changes.map(oneLine).join(', ')}`;
  const given = origin.inputs === undefined ? '' : `, with other input for ${origin.inputs.map(oneLine).join(', ')}`;
  return ` as a fork of ${origin.run} after fact ${origin.at}${changed}${given}; kept: ${kept.length}`;
}

function progress({ percent, phase, blocked }: Extract<Fact, { type: 'task.progressed' }>): string {
  const done = percent === null ? '' : ` at ${percent} %`;
  const during = phase === null ? '' : ` in ${oneLine(phase)}`;
  return blocked === null ? `is${done}${during}` : `is blocked${done}${during}: ${oneLine(blocked)}`;
}

const about = (fact: { readonly step: string; readonly attempt: number }): string => `${oneLine(fact.step)}#${fact.attempt}`;

function brief(value: unknown, before: string): string {
  if (value === undefined || value === null || value === '') return '';
  return before + truncate(valueLine(value), LONGEST_PAYLOAD);
}

function onTop({ budget = {} }: Extract<Fact, { type: 'run.retried' }>): string {
  const more = tokensOnTop(budget);
  return more === '' ? '' : `; ${more}`;
}

const chosenFor = ({ among, ranked, lighter }: Extract<Fact, { type: 'agent.chosen' }>): string =>
  lighter === undefined ? `the best of ${among}${scored(ranked[0]?.score)}` : `lighter than ${oneLine(lighter.insteadOf)}: ${lighter.why}`;
