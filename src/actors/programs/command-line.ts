/**
 * The argument list of a command, rendered for one task. There is no shell, so no text can become a second command; what
 * is left to prevent is that a value, which may come from an agent, becomes the program or one of its options:
 *
 * 1. the program itself is never a template;
 * 2. a template stands alone as an argument, or behind a literal beginning that is more than dashes (`--title={{params.title}}`);
 * 3. a value that stands alone and begins with `-` is refused, unless a literal `--` before it ends the options.
 */
import { NATIVE_MARKS } from '../../definition/native-template.ts';
import { compileTemplate } from '../../definition/template.ts';
import { scanTemplate } from '../../definition/template-scanner.ts';
import type { Scope } from '../../definition/workflow.ts';
import { TroupeError } from '../../protocol/errors.ts';
import type { Json } from '../../protocol/json.ts';
import type { Task } from '../../protocol/task.ts';

/** A command that was read and found fit. */
export interface CommandLine {
  /** As written, templates and all, for messages: values stay out of them. */
  readonly shown: string;
  /** The program and its arguments for a task. Throws TroupeError AGENT_FAILED, not retryable, when a value may not become an argument. */
  readonly render: (task: Task) => { readonly file: string; readonly args: readonly string[] };
}

type Argument = (scope: Scope) => string;

/** Longest command shown in a message, in characters. */
const MAX_SHOWN = 120;

/**
 * Reads an argument list whose elements, but for the first, may hold `{{…}}` templates over `params`, `step`, `run`, `attempt`, `key`, `name`,
 * `type`, `persona` and `timeoutMs`, or `task.params` and so on. Numbers and booleans become text, objects and lists JSON; null is refused.
 *
 * @throws TroupeError DEFINITION_INVALID when an element breaks the rules above or its template cannot be read
 */
export function commandLine(agent: string, command: readonly string[]): CommandLine {
  const [file = '', ...rest] = command;
  const literal = file !== '' && !file.includes('{{');
  if (!literal)
    throw refused(agent, 0, 'its program must be named literally', { hint: 'write the command as a list: [program, argument, …]' });
  const unusable = command.findIndex((element) => element.includes('\0'));
  if (unusable !== -1) throw refused(agent, unusable, 'it holds a NUL character');
  const endOfOptions = rest.indexOf('--');
  const args = rest.map((element, index) => readArgument(agent, element, index + 1, endOfOptions !== -1 && endOfOptions < index));
  return {
    shown: shownCommand(command),
    render: (task) => {
      const { params, step, run, attempt, key, name, type, persona, timeoutMs } = task;
      const own = { params, step, run, attempt, key, name, type, persona, timeoutMs };
      const scope = { variables: { ...own, task: own }, steps: {} };
      return { file, args: args.map((argument) => argument(scope)) };
    },
  };
}

function readArgument(agent: string, element: string, index: number, optionsEnded: boolean): Argument {
  const { parts } = scanTemplate(element, NATIVE_MARKS);
  const [beginning] = parts;
  const standsAlone = typeof beginning !== 'string';
  if (standsAlone && parts.length > 1) {
    const hint = 'write the argument as "{{…}}", or begin it literally, such as "./{{…}}"';
    throw refused(agent, index, 'a template must stand alone or behind a literal beginning', { hint });
  }
  if (!standsAlone && parts.length > 1 && /^-+$/.test(beginning)) {
    throw refused(agent, index, 'a value may not become the name of an option', { hint: 'write the option out, such as "--title={{…}}"' });
  }
  const render = compiled(agent, element, index);
  return (scope) => {
    const text = asText(agent, index, render(scope));
    if (!standsAlone || optionsEnded || !text.startsWith('-')) return text;
    const hint = 'put a literal "--" before it, or pass it as "--name={{…}}"';
    throw unfit(agent, index, 'begins with "-", so the program would take it for an option', hint);
  };
}

function compiled(agent: string, element: string, index: number): (scope: Scope) => Json {
  try {
    return compileTemplate(element, 'native');
  } catch (thrown) {
    throw refused(agent, index, 'its template cannot be read', { cause: thrown });
  }
}

/** Quoted as JSON where a word would not be clear: readable, and copied into no shell by mistake. */
function shownCommand(command: readonly string[]): string {
  const shown = command.map((element) => (/^[\w@%+=:,./{}-]+$/.test(element) ? element : JSON.stringify(element))).join(' ');
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
}

function asText(agent: string, index: number, value: Json): string {
  if (value === null) throw unfit(agent, index, 'is null', 'give the step that parameter, or a default in the template');
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (text.includes('\0')) throw unfit(agent, index, 'holds a NUL character, which no argument can', 'pass the value on stdin');
  return text;
}

function refused(agent: string, index: number, why: string, more: { readonly hint?: string; readonly cause?: unknown } = {}): TroupeError {
  const place = index === 0 ? 'the command' : `argument ${index} of the command`;
  return new TroupeError('DEFINITION_INVALID', `${place} of agent "${agent}" is refused: ${why}`, more);
}

function unfit(agent: string, index: number, why: string, hint: string): TroupeError {
  return new TroupeError('AGENT_FAILED', `argument ${index} of the command of agent "${agent}" ${why}`, {
    hint,
    retryable: false,
    details: { argument: index },
  });
}
