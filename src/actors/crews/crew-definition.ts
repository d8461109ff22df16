/** A crew as a file describes it, normalised: plain JSON, durations in milliseconds, paths as they were written. */
import type { AgentProfile } from '../agent-profile.ts';
import type { CommandEnvironment } from '../programs/command-environment.ts';
import type { AgentScript } from '../scripted-agent.ts';
import type { ServiceTerms } from '../services/services.ts';

interface AgentDefinitionBase extends AgentProfile {
  /** Unique in its crew. */
  readonly id: string;
  /** Roles it plays, alone or beside others; `*` plays whatever nobody else does. */
  readonly personas: readonly string[];
  /** Step types it performs, whoever the step asks for. */
  readonly stepTypes: readonly string[];
}

/** Answers from a script. */
export interface ScriptedAgentDefinition extends AgentDefinitionBase {
  readonly kind: 'scripted';
  readonly script: AgentScript;
}

/** Runs a program for each attempt. */
export interface CommandAgentDefinition extends AgentDefinitionBase {
  readonly kind: 'command';
  readonly command: readonly string[];
  /** Relative to the crew file; default: where the crew file is. */
  readonly cwd?: string;
  readonly env?: CommandEnvironment;
  readonly input?: 'json' | 'text' | 'none';
  readonly output?: 'json' | 'text' | 'report';
  readonly maxOutputBytes?: number;
  readonly graceMs?: number;
  readonly okExitCodes?: readonly number[];
}

/** A function or an agent exported by a JavaScript module. */
export interface ModuleAgentDefinition extends AgentDefinitionBase {
  readonly kind: 'module';
  /** Path of the module, relative to the crew file. */
  readonly module: string;
  /** Name of the export; default: the agent's id, else the default export. */
  readonly export?: string;
  /** How long it may take to stop, ms. */
  readonly graceMs?: number;
}

/** One agent of a crew file. */
export type AgentDefinition = ScriptedAgentDefinition | CommandAgentDefinition | ModuleAgentDefinition;

/** A crew file, read. */
export interface CrewDefinition {
  /** The file it was read from, for relative paths and messages. */
  readonly file?: string;
  readonly agents: readonly AgentDefinition[];
  /** How patient the circuit breakers before services outside are, by name. */
  readonly services?: ServiceTerms;
  /** People by role. */
  readonly roles?: Roles;
  /** So many tasks at once, by persona or step type. */
  readonly maxConcurrent?: Readonly<Record<string, number>>;
}

/** Who is in a role, by name; each at least one person, once. */
export type Roles = Readonly<Record<string, readonly string[]>>;
