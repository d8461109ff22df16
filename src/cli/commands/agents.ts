/** `troupe agents …`: who is there, how they did, and telling one of them something. */
import { join } from 'node:path';
import {
  type AgentOrder,
  type AgentView,
  type Crew,
  crewFromDefinition,
  errorData,
  readAgents,
  readServices,
  type ServiceView,
  TroupeError,
} from '../../index.ts';
import { askAgents, askHost, type Crowd } from '../control/control-client.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { usage } from '../failure/refusal.ts';
import { readCrew } from '../files/definitions.ts';
import { crewBeside, crewPath } from '../files/named-file.ts';
import { House } from '../hosting/house.ts';
import { openForReading } from '../hosting/open-store.ts';
import { agentList } from '../rendering/agent-list.ts';
import { serviceList } from '../rendering/service-list.ts';
import { usageLines } from '../rendering/usage-lines.ts';
import type { Desk } from '../terminal/desk.ts';
import { done } from './tell.ts';

/**
 * `troupe agents [agent]`: everybody of the crew file, of the process that runs the store, and of the store's memory; of one that is named,
 * what it uses, too.
 */
export async function list(desk: Desk, named: string | undefined, options: { readonly crew?: string }): Promise<ExitCode> {
  const live = await askAgents(desk.store);
  const resting = await atRest(desk, options.crew);
  const all = merged(live?.agents ?? [], resting.agents);
  const agents = named === undefined ? all : all.filter(({ id }) => id === named);
  if (named !== undefined && agents.length === 0) throw unknownAgent(named, all);
  const services = named === undefined ? servicesOf(live, resting) : [];
  if (desk.json) desk.document({ store: desk.store, live: live !== null, agents, services });
  else if (desk.quiet) for (const { id } of agents) desk.print(id);
  else if (agents.length + services.length === 0)
    desk.print(`No agents: there is no crew file here, and ${desk.shown(desk.store)} remembers none.`);
  else {
    desk.print(agentList(agents, { width: desk.width, now: desk.now(), paint: desk.paint }).join('\n'));
    if (named !== undefined)
      desk.print(
        [
          '',
          ...usageLines(
            agents.flatMap(({ uses }) => uses),
            desk,
          ),
        ].join('\n'),
      );
    if (services.length > 0)
      desk.print(['', ...serviceList(services, { width: desk.width, now: desk.now(), paint: desk.paint })].join('\n'));
    for (const { id, away } of agents) if (away !== null) desk.remark(`${id} takes no tasks: ${away}`);
  }
  return EXIT.ok;
}

function unknownAgent(named: string, known: readonly AgentView[]): TroupeError {
  const hint = known.length === 0 ? 'no agent is known yet' : `known are ${known.map(({ id }) => id).join(', ')}`;
  return new TroupeError('AGENT_NOT_FOUND', `there is no agent "${named}" here`, { hint });
}

/** `troupe agents reset <agent>`: closes its circuit breaker; `service:<name>` closes the one before a service outside. */
export async function reset(desk: Desk, named: string): Promise<ExitCode> {
  const service = named.startsWith(SERVICE) ? named.slice(SERVICE.length) : null;
  const order: AgentOrder = { do: 'reset' };
  const request = service === null ? ({ do: 'agent', agent: named, order } as const) : ({ do: 'service', service } as const);
  if ((await askHost(desk.store, request)) === null) {
    const house = await House.open(desk);
    try {
      await house.obey(request);
    } finally {
      await house.close();
    }
  }
  const whom = service === null ? { agent: named } : { service };
  const said = `The circuit breaker before ${service === null ? named : `the service ${service}`} is closed.`;
  return done(desk, { ...whom, order: order.do }, said, desk.command('agents'));
}

/** How a service is told from an agent on the command line. */
const SERVICE = 'service:';

/** `troupe agents drain <agent>`: it is given nothing more. */
export async function drain(desk: Desk, agent: string, { reason }: { readonly reason?: string }): Promise<ExitCode> {
  await tellLive(desk, agent, { do: 'drain', ...(reason === undefined ? {} : { reason }) });
  const said = `${agent} is given nothing more; what it has in hand it may finish.`;
  return done(desk, { agent, order: 'drain' }, said, desk.command('agents', 'resume', agent));
}

/** `troupe agents resume <agent>`: it takes tasks again. */
export async function resume(desk: Desk, agent: string): Promise<ExitCode> {
  await tellLive(desk, agent, { do: 'resume' });
  return done(desk, { agent, order: 'resume' }, `${agent} takes tasks again.`, desk.command('agents'));
}

async function tellLive(desk: Desk, agent: string, order: AgentOrder): Promise<void> {
  if ((await askHost(desk.store, { do: 'agent', agent, order })) !== null) return;
  throw usage(
    `nobody is running ${desk.shown(desk.store)}: no agent is at work`,
    'agents are drained where they work, and forget it with the process',
  );
}

/** Those of the crew file and of the store's memory, as they are while nobody works. */
async function atRest(desk: Desk, named: string | undefined): Promise<Crowd> {
  const file = named === undefined ? crewBeside(join(desk.surroundings.cwd, 'workflow.yml')) : crewPath(desk, named);
  const crew: Crew | null = file === null ? null : crewFromDefinition(await readCrew(desk, file));
  try {
    const store = await openForReading(desk).catch((thrown) => {
      if (errorData(thrown).code === 'STORE_UNWRITABLE') throw thrown;
      return null;
    });
    const agents = readAgents(store ?? {}, desk.now(), { crew });
    const services = readServices(store ?? {}, desk.now(), { crew });
    await store?.close();
    return { agents, services };
  } finally {
    await crew?.close();
  }
}

/** What is live is known best; where nobody runs anything, nothing is. */
function servicesOf(live: Crowd | null, resting: Crowd): ServiceView[] {
  const known = new Map([...resting.services, ...(live?.services ?? [])].map((view) => [view.service, view]));
  return [...known.values()].sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** What is live is known best. */
function merged(live: readonly AgentView[], atRest: readonly AgentView[]): AgentView[] {
  const known = new Map(atRest.map((view) => [view.id, view]));
  for (const view of live) if (view.state !== 'absent' || !known.has(view.id)) known.set(view.id, view);
  return [...known.values()];
}
