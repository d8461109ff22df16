/** Reads the agents out of a parsed crew file, collecting every problem with its place. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { checkForm } from '../../definition/form-check.ts';
import { quoted } from '../../definition/printable.ts';
import type { Problem, ProblemList } from '../../definition/problem-list.ts';
import { offsetAt, type SourceNode, type SourcePath } from '../../definition/source-node.ts';
import { TroupeError } from '../../protocol/errors.ts';
import type { AgentProfile } from '../agent-profile.ts';
import { commandEnvironment } from '../programs/command-environment.ts';
import { commandLine } from '../programs/command-line.ts';
import { contradiction, type ScriptedAnswer } from '../scripted-agent.ts';
import type { AgentDefinition, CommandAgentDefinition, ModuleAgentDefinition, ScriptedAgentDefinition } from './crew-definition.ts';
import { type Names, type ProfileForm, readDuration, readProfile } from './crew-profile.ts';
import { AGENT_FORMS, ANSWER_FORM, CREW_FILE_FORM } from './crew-schema.ts';

const KIND_FORM = z.looseObject({ kind: z.enum(['scripted', 'command', 'module']) });

/** The parts of a definition that every kind has. */
type Cast = Pick<AgentDefinition, 'id' | 'personas' | 'stepTypes' | keyof AgentProfile>;

/** What a file may say of every kind of agent. */
type CastForm = ProfileForm & { readonly personas?: Names; readonly step_types?: Names };

/** Reads one crew file. */
export class CrewReader {
  readonly #problems: ProblemList;
  /** Where relative paths begin; null for a text from nowhere. */
  readonly #directory: string | null;

  constructor(problems: ProblemList, directory: string | null) {
    this.#problems = problems;
    this.#directory = directory;
  }

  /** The agents that could be read; whatever is wrong is among the problems. */
  read(root: SourceNode): AgentDefinition[] {
    checkForm(CREW_FILE_FORM, root, this.#problems);
    const agents = root.entries?.get('agents')?.node;
    if (agents?.entries?.size === 0) this.#report(agents, [], { code: 'VALUE_RANGE', message: '"agents" must have at least 1 entry' });
    return [...(agents?.entries ?? [])].flatMap(([id, { node }]) => this.#agent(id, node) ?? []);
  }

  #agent(id: string, node: SourceNode): AgentDefinition | null {
    const { kind } = checkForm(KIND_FORM, node, this.#problems);
    if (kind === undefined) return null;
    if (kind === 'scripted') return this.#scripted(id, node);
    return kind === 'command' ? this.#command(id, node) : this.#module(id, node);
  }

  #scripted(id: string, node: SourceNode): ScriptedAgentDefinition | null {
    const form = checkForm(AGENT_FORMS.scripted, node, this.#problems);
    const cast = this.#cast(id, form, node);
    if (form.script === undefined) return null;
    const steps = [...(node.entries?.get('script')?.node.entries ?? [])];
    return { ...cast, kind: 'scripted', script: Object.fromEntries(steps.map(([step, entry]) => [step, this.#answers(step, entry.node)])) };
  }

  #answers(step: string, node: SourceNode): ScriptedAnswer[] {
    if (node.items === undefined) return [this.#answer(node)];
    if (node.items.length === 0) {
      this.#report(node, [], { code: 'VALUE_RANGE', message: `the answers of ${quoted(step)} must have at least 1 entry` });
    }
    return node.items.map((item) => this.#answer(item));
  }

  #answer(node: SourceNode): ScriptedAnswer {
    const { after, ...rest } = checkForm(ANSWER_FORM, node, this.#problems);
    const problem = contradiction(rest as ScriptedAnswer);
    if (problem !== null) this.#report(node, [], { code: 'VALUE_TYPE', ...problem });
    const afterMs = this.#duration(after, node, 'after');
    return { ...(rest as ScriptedAnswer), ...(afterMs === undefined ? {} : { after: afterMs }) };
  }

  #command(id: string, node: SourceNode): CommandAgentDefinition | null {
    const form = checkForm(AGENT_FORMS.command, node, this.#problems);
    const { command, cwd, env, input, output, max_output_bytes: maxOutputBytes, ok_exit_codes: okExitCodes } = form;
    const cast = this.#cast(id, form, node);
    const graceMs = this.#duration(form.grace, node, 'grace');
    if (env !== undefined) this.#rehearse(node, 'env', () => commandEnvironment(id, env));
    if (command === undefined) return null;
    this.#rehearse(node, 'command', () => commandLine(id, command));
    const how = { command, cwd, env, input, output, maxOutputBytes, graceMs, okExitCodes };
    return present<CommandAgentDefinition>({ ...cast, kind: 'command', ...how });
  }

  #module(id: string, node: SourceNode): ModuleAgentDefinition | null {
    const form = checkForm(AGENT_FORMS.module, node, this.#problems);
    const cast = this.#cast(id, form, node);
    const { module } = form;
    if (module === undefined) return null;
    const path = this.#directory === null ? null : resolve(this.#directory, module);
    if (path !== null && !existsSync(path))
      this.#report(node, ['module'], { code: 'VALUE_UNKNOWN', message: `there is no module ${quoted(path)}` });
    const graceMs = this.#duration(form.grace, node, 'grace');
    return present<ModuleAgentDefinition>({ ...cast, kind: 'module', module, export: form.export, graceMs });
  }

  /** Whom it plays, and what is said of every kind; others may play the same part beside it. */
  #cast(id: string, form: CastForm, node: SourceNode): Cast {
    const stepTypes = [form.step_types ?? []].flat();
    const personas = form.personas === undefined && form.step_types === undefined ? [id] : [form.personas ?? []].flat();
    for (const [key, parts] of Object.entries({ personas, step_types: stepTypes })) {
      for (const [place, part] of parts.entries()) {
        if (parts.indexOf(part) === place) continue;
        this.#report(node, [key, place], { code: 'KEY_DUPLICATE', message: `${quoted(part)} is named twice` });
      }
    }
    return { id, personas, stepTypes, ...readProfile(form, node, this.#problems) };
  }

  /** Makes a part of an agent and lets it go: what it would complain about later is a problem of the file now. */
  #rehearse(node: SourceNode, key: string, make: () => unknown): void {
    try {
      make();
    } catch (thrown) {
      if (!(thrown instanceof TroupeError)) throw thrown;
      const { message, hint, cause } = thrown;
      const problem = cause instanceof TroupeError ? { message: `${message}: ${cause.message}`, hint: cause.hint } : { message, hint };
      this.#report(node, [key], { code: cause instanceof TroupeError ? 'TEMPLATE_INVALID' : 'VALUE_UNKNOWN', ...problem });
    }
  }

  #duration(value: string | number | undefined, node: SourceNode, key: string): number | undefined {
    return readDuration(value, node, [key], this.#problems);
  }

  #report(node: SourceNode, path: SourcePath, problem: Omit<Problem, 'at'>): void {
    this.#problems.add({ ...problem, at: offsetAt(node, path) });
  }
}

/** The same without members that are undefined. */
function present<Definition extends object>(definition: { [Key in keyof Definition]: Definition[Key] | undefined }): Definition {
  return Object.fromEntries(Object.entries(definition).filter(([, value]) => value !== undefined)) as Definition;
}
