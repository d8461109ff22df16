/** Who is given a task: the agents' own checks, the policies of the house, and the pool of its part, asked in this order. */
import { canDo } from '../../policy/agent-match.ts';
import { blameOf } from '../../policy/service-blame.ts';
import { canBeInTime } from '../../policy/task-order.ts';
import { maxConcurrent, type TaskPolicy } from '../../policy/task-policy.ts';
import type { BreakerTerms } from '../../protocol/agent.ts';
import type { Task, TaskReport } from '../../protocol/task.ts';
import type { Crew } from '../crews/crew.ts';
import type { HostSleep } from '../pool/host-clock.ts';
import type { Member } from '../pool/member.ts';
import type { Pool } from '../pool/pool.ts';
import { type AgentHistory, Roster } from '../pool/roster.ts';
import type { UsageBook } from '../resources/usage-book.ts';
import type { Services } from '../services/services.ts';
import { Absences } from './absences.ts';
import { everybodyIsAway, noAgentType, nobodyIsFit, taskRefused, tooLate } from './dispatch-refusal.ts';
import type { Flight, FlightPart } from './flight.ts';
import { laneOf } from './lane.ts';
import { PolicyGate } from './policy-gate.ts';
import { ServiceGate } from './service-gate.ts';

/** What decides who is given a task. */
export interface CastingOptions {
  readonly crew: Pick<Crew, 'candidates' | 'personas' | 'stepTypes' | 'actorOf' | 'watch' | 'maxConcurrent'>;
  /** Asked about every task before it is given to anybody, in this order. */
  readonly policies?: readonly TaskPolicy[];
  /** What becomes of a task for which everybody who could do it is away: it waits (default), or fails with NO_AVAILABLE_AGENT. */
  readonly whenAway?: 'wait' | 'fail';
  /** How patient circuit breakers are, where an agent does not say. Default: none stands before agents that do not ask for one. */
  readonly breakers?: BreakerTerms | null;
  /** By agent id: what is known of agents from before. */
  readonly history?: Readonly<Record<string, AgentHistory>>;
  /** Where it is written down what agents use for which steps. */
  readonly usage?: Pick<UsageBook, 'learn' | 'pattern'>;
}

/** What casting needs of whoever hands out tasks. */
export interface CastingHost {
  readonly now: () => number;
  readonly sleep: HostSleep;
  /** The services that tasks require and agents call. */
  readonly services: Services;
  /** Says what a task waits for. */
  readonly waits: (task: Task, why: string) => void;
  /** Somebody who took no tasks may take some now. */
  readonly freed: () => void;
  /** An agent has stopped answering. */
  readonly lost: (member: Member) => void;
}

/** What a task comes to: somebody takes it, it ends with a report, or it waits, as all do that ask for the same (null). */
export type CastingAnswer = { readonly member: Member } | { readonly report: TaskReport } | null;

/** Ends of tasks that say nothing about whoever had them in hand: they were taken away, or had to give way to others. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['TASK_CANCELLED', 'RESOURCE_CONFLICT']);

/** Casts tasks. */
export class Casting {
  readonly #crew: CastingOptions['crew'];
  readonly #policies: PolicyGate;
  readonly #whenAway: 'wait' | 'fail';
  readonly #now: () => number;
  readonly #roster: Roster;
  readonly #services: Services;
  readonly #gate: ServiceGate;
  readonly #absences: Absences;
  readonly #silence: () => void;
  readonly #silenceServices: () => void;
  readonly #usage: Pick<UsageBook, 'learn' | 'pattern'> | null;

  constructor(options: CastingOptions, host: CastingHost) {
    const { crew, policies = [], whenAway = 'wait', breakers = null, history = {}, usage = null } = options;
    this.#crew = crew;
    const byKind = crew.maxConcurrent?.() ?? null;
    const all = byKind === null ? policies : [...policies, maxConcurrent(Number.POSITIVE_INFINITY, byKind)];
    this.#policies = new PolicyGate(all, host);
    this.#whenAway = whenAway;
    this.#now = host.now;
    this.#usage = usage;
    this.#roster = new Roster({ ...host, actorOf: (agent) => crew.actorOf(agent), history, breakers });
    this.#services = host.services;
    this.#gate = new ServiceGate({ ...host, whenAway });
    this.#absences = new Absences(host.waits);
    this.#silence = crew.watch(() => {
      this.#roster.crewChanged();
      host.freed();
    });
    this.#silenceServices = host.services.watch(host.freed);
  }

  get roster(): Roster {
    return this.#roster;
  }

  /** Who may do a task, and who has worked for the same part of its run before. */
  partOf(task: Task): FlightPart {
    const pool = this.#poolOf(task);
    const lane = laneOf(task, pool, this.#policies.stands);
    return { pool, lane, former: pool?.isChoice === true ? this.#roster.former(task.run, pool) : null };
  }

  #poolOf(task: Task): Pool | null {
    const cast = this.#crew.candidates(task);
    return cast.length === 0 ? null : this.#roster.pool(cast, task);
  }

  /** Who takes a task now. `inFlight`: tasks in the hands of agents. `aside`: it waits, but others that ask for the same need not. */
  answer(flight: Flight, inFlight: number): CastingAnswer | 'aside' {
    const { task, wish } = flight;
    const pool = this.#poolOf(task);
    flight.pool = pool;
    if (pool === null) return { report: noAgentType(task, this.#crew) };
    const now = this.#now();
    if (task.deadlineAt !== undefined) {
      const latestStart = this.latestStart(flight) ?? now;
      if (!canBeInTime({ latestStart }, now)) return { report: tooLate(task, now - latestStart) };
    }
    const leave = this.#policies.answer(task, inFlight);
    if (leave === 'wait') return null;
    if (typeof leave === 'object') return { report: leave };
    const chosen = pool.choose(wish, now);
    if (leave === 'aside') return chosen.kind === 'found' ? 'aside' : null;
    if (chosen.kind === 'never') return { report: nobodyIsFit(task, chosen.match) };
    const entry = this.#gate.answer(task);
    if (entry !== 'pass') return entry === 'wait' ? null : { report: entry };
    return chosen.kind === 'later' ? this.#later(flight, pool) : takenBy(chosen.member, task);
  }

  /** Nobody takes a task now. */
  #later(flight: Flight, pool: Pool): CastingAnswer {
    const { task, wish } = flight;
    if (this.#whenAway === 'fail' && pool.isDeserted(wish)) return { report: everybodyIsAway(task, pool.waitsFor(wish)) };
    this.#absences.waits(flight);
    return null;
  }

  /**
   * When a task must begin to be done in time, ms since the epoch, by how long its step has taken the fastest; null where it does not matter.
   * Where nobody learns of steps, by how long the fastest takes on average.
   */
  latestStart({ task, pool, wish }: Flight): number | null {
    if (task.deadlineAt === undefined) return null;
    const usage = this.#usage;
    const averages = pool?.members.flatMap(({ id, capabilities, record }) => {
      const averageMs = usage === null ? record.averageMs : (usage.pattern(task, id)?.ms ?? null);
      return averageMs !== null && canDo(capabilities, wish.capabilities) ? [averageMs] : [];
    });
    return task.deadlineAt - (averages === undefined || averages.length === 0 ? 0 : Math.min(...averages));
  }

  /** A task stands in line: where it would have to wait though it were its turn, that is said. */
  lined(flight: Flight): void {
    this.#policies.lined();
    this.#gate.answer(flight.task);
    this.#absences.waits(flight);
  }

  /** A member is given a task. */
  began(flight: Flight, member: Member): void {
    const { task } = flight;
    flight.begunAt = this.#now();
    member.reserve(task.key);
    if (task.needs?.services !== undefined) this.#services.began(task);
    this.#policies.began(task);
  }

  /**
   * A task has ended, or was taken away (null). What came from a service outside says nothing about its agent.
   */
  ended({ task, pool, member, begunAt, calls }: Flight, report: TaskReport | null): void {
    const blame = report === null || report.ok ? null : blameOf(report.error);
    const left = report === null || (!report.ok && (blame !== null || SAYS_NOTHING.has(report.error.code)));
    const isNew = member?.release(task.key, left ? 'left' : report.ok ? 'completed' : report.thrown ? 'broke' : 'failed') === true;
    if (!isNew || member === null) return;
    if (blame !== null || task.needs?.services !== undefined) this.#services.ended(task, report, calls);
    if (!left) this.#usage?.learn(task, member.id, report, this.#now() - begunAt);
    this.#policies.ended(task);
    if (pool?.isChoice === true && report?.ok === true) this.#roster.remember(task.run, pool, member.id);
  }

  stop(): void {
    this.#silence();
    this.#silenceServices();
    this.#services.stop();
    this.#roster.stop();
    this.#policies.stop();
  }
}

/** The agent's own check. */
function takenBy(member: Member, task: Task): CastingAnswer {
  const { agent } = member;
  const why = agent.validate === undefined ? null : validated(() => agent.validate?.(task) ?? null);
  return why === null ? { member } : { report: taskRefused(task, agent.id, why) };
}

function validated(ask: () => string | null): string | null {
  try {
    const why: unknown = ask();
    return why === null || typeof why === 'string' ? why : 'its own check answers neither with null nor with a reason, at once';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
