import { dirname, resolve } from 'node:path';
import type { Agent } from '../../protocol/agent.ts';
import { profiled } from '../agent-profile.ts';
import { moduleAgent } from '../module-agent.ts';
import type { AgentGrace } from '../pool/agent-actor.ts';
import { commandAgent } from '../programs/command-agent.ts';
import { scriptedAgent } from '../scripted-agent.ts';
import { type Crew, createCrew } from './crew.ts';
import type { AgentDefinition, CrewDefinition } from './crew-definition.ts';

/**
 * Makes the agents of a crew file and registers them.
 *
 * @param options.baseDir what relative paths are relative to; default: where the crew file is, else the working directory
 * @param options.grace how long closing waits, ms (see `AgentGrace`)
 * @throws TroupeError DEFINITION_INVALID or AGENT_ALREADY_REGISTERED for a definition that `loadCrew` would have refused
 */
export function crewFromDefinition(
  definition: CrewDefinition,
  options: { readonly baseDir?: string; readonly grace?: Partial<AgentGrace> } = {},
): Crew {
  const baseDir = options.baseDir ?? (definition.file === undefined ? '.' : dirname(definition.file));
  const cast = definition.agents.map((each) => ({ ...each, agent: profiled(agentFromDefinition(each, baseDir), each) }));
  return createCrew(
    {
      personas: byPart(cast, 'personas'),
      stepTypes: byPart(cast, 'stepTypes'),
      agents: cast.map(({ agent }) => agent),
      ...(definition.roles === undefined ? {} : { roles: definition.roles }),
      ...(definition.services === undefined ? {} : { services: definition.services }),
      ...(definition.maxConcurrent === undefined ? {} : { maxConcurrent: definition.maxConcurrent }),
    },
    options.grace,
  );
}

/** Who plays each part, in the order of the file. */
function byPart(
  cast: readonly (AgentDefinition & { readonly agent: Agent })[],
  key: 'personas' | 'stepTypes',
): Record<string, readonly Agent[]> {
  const parts = new Map<string, Agent[]>();
  for (const member of cast) for (const part of member[key]) parts.set(part, [...(parts.get(part) ?? []), member.agent]);
  return Object.fromEntries(parts);
}

/**
 * Makes one agent. Nothing is started or imported before its first task.
 *
 * @throws TroupeError DEFINITION_INVALID
 */
function agentFromDefinition(definition: AgentDefinition, baseDir: string): Agent {
  switch (definition.kind) {
    case 'scripted':
      return scriptedAgent(definition.id, definition.script);
    case 'command':
      return commandAgent(definition.id, { ...definition, cwd: resolve(baseDir, definition.cwd ?? '.') });
    case 'module': {
      const path = resolve(baseDir, definition.module);
      const { export: name, graceMs } = definition;
      return moduleAgent(definition.id, {
        path,
        ...(name === undefined ? {} : { export: name }),
        ...(graceMs === undefined ? {} : { graceMs }),
      });
    }
  }
}
