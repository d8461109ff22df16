/** A question that a run asks people, with the commands that answer it. */
import { type InboxItem, isJsonObject, type Json, type JsonObject, type Question } from '../../index.ts';
import type { Desk } from '../terminal/desk.ts';
import { truncate } from '../text/display-width.ts';
import { oneLine, valueLine } from '../text/one-line.ts';
import { agoText, spanText } from '../text/time-text.ts';
import { type Field, fieldLines } from './fields.ts';
import { paintByState, stateMark } from './state-words.ts';

/** The lines of the question. `commands`: with what to type to answer it. */
export function inboxText(item: InboxItem, desk: Desk, commands = true): string {
  const { run, workflow, step, question, isOverdue } = item;
  const { paint, width } = desk;
  const mark = paintByState(paint, isOverdue ? 'failed' : 'asked', `${stateMark('asked')} ${isOverdue ? 'overdue' : 'open'}`);
  const head = `${mark}  ${paint.bold(oneLine(question.subject ?? item.name))}`;
  const room = width - 'values'.length - 4;
  const fields: Field[] = [
    ['run', `${run}  ${oneLine(workflow)}  ${oneLine(step)}`],
    ['asked', `${agoText(question.askedAt, desk.now())}${timesOf(question, desk.now())}`],
    ['for', peopleOf(question)],
    ['shown', shown(question.params, room)],
    ['values', question.values === null ? '' : truncate(valueLine(question.values), room)],
    ['form', question.form === null ? '' : truncate(valueLine(question.form), room)],
    ['next', commands ? answerCommands(desk, item) : []],
  ];
  return [head, ...fieldLines(fields, paint)].join('\n');
}

/** What somebody types to answer it. */
export function answerCommands(
  desk: Pick<Desk, 'command'>,
  { run, step, question }: Pick<InboxItem, 'run' | 'step' | 'question'>,
): string[] {
  const { form, values } = question;
  return [
    ...(form === null || values !== null ? [desk.command('approve', run, step)] : []),
    ...(form === null ? [] : [desk.command('answer', run, step, JSON.stringify(values ?? exampleOf(form)))]),
    desk.command('reject', run, step, '--reason', '…'),
  ];
}

/** A value of the shape that a form asks for, to be changed by whoever types it. */
function exampleOf(form: JsonObject): Json {
  const { type, properties, enum: choices, default: usual } = form;
  if (usual !== undefined) return usual;
  if (Array.isArray(choices)) return choices[0] ?? null;
  if (isJsonObject(properties)) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, isJsonObject(property) ? exampleOf(property) : '…']),
    );
  }
  return type === 'number' || type === 'integer' ? 0 : type === 'boolean' ? true : type === 'array' ? [] : type === 'object' ? {} : '…';
}

function peopleOf({ people, role, quorum, answers }: Question): string {
  const who = people === null ? (role ?? 'anybody') : `${people.map(oneLine).join(', ')}${role === null ? '' : ` as ${oneLine(role)}`}`;
  const given = answers.map(({ by, decision }) => `${oneLine(by)}: ${decision}`).join(', ');
  return `${who}${quorum === null ? '' : `; ${quorum} must approve`}${given === '' ? '' : ` (${given})`}`;
}

function timesOf({ dueAt, expiresAt }: Question, now: number): string {
  const due = dueAt === null ? '' : dueAt <= now ? `, overdue for ${spanText(now - dueAt)}` : `, due in ${spanText(dueAt - now)}`;
  return `${due}${expiresAt === null ? '' : `, over in ${spanText(Math.max(0, expiresAt - now))}`}`;
}

function shown(params: JsonObject, room: number): string[] {
  return Object.entries(params).map(([name, value]) => truncate(`${oneLine(name)}: ${valueLine(value ?? null)}`, room));
}
