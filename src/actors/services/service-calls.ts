/**
 * The calls of one attempt to services outside. Where the attempt itself tries a service out, its calls are let through as a part of that, and
 * its end decides; any other call stands for itself.
 */
import { isServiceName } from '../../policy/service-blame.ts';
import type { CallOptions, PerformContext } from '../../protocol/agent.ts';
import { TroupeError } from '../../protocol/errors.ts';
import { nameService } from '../../protocol/service-of-error.ts';
import type { Task } from '../../protocol/task.ts';
import type { Breaker } from '../pool/breaker.ts';
import { circuitOpen } from './circuit-open.ts';
import type { Services } from './services.ts';

const EVERY_ONE = (): boolean => true;

/** A call on its way. */
interface Call {
  readonly service: string;
  readonly id: string;
  readonly breaker: Breaker;
  /** The attempt tries the service out, and this call is a part of it. */
  readonly isPart: boolean;
}

/** What an attempt calls. Made when it calls something. */
export class ServiceCalls {
  readonly #services: Services;
  readonly #task: Task;
  readonly #now: () => number;
  /** The attempt has been told to stop: what its calls break with then says nothing about anybody. */
  readonly #isCut: () => boolean;
  readonly #open = new Set<Call>();
  readonly #answered = new Set<string>();
  readonly #refused = new Set<string>();
  #made = 0;
  #isOver = false;

  constructor(services: Services, task: Task, now: () => number, isCut: () => boolean) {
    this.#services = services;
    this.#task = task;
    this.#now = now;
    this.#isCut = isCut;
  }

  /** See `PerformContext`. */
  readonly call: PerformContext['call'] = async (service, work, { blames = EVERY_ONE }: CallOptions = {}) => {
    const call = this.#begin(service);
    try {
      const result = await work();
      this.#succeeded(call);
      return result;
    } catch (thrown) {
      nameService(thrown, service);
      if (this.#isCut()) this.#left(call);
      else if (speaksAgainst(blames, thrown)) this.#failed(call);
      else this.#succeeded(call);
      throw thrown;
    }
  };

  /** Whether a call to this service has come back well. */
  hasAnswered(service: string): boolean {
    return this.#answered.has(service);
  }

  /** Whether a call to this service has failed, or was not let through: that is counted already. */
  hasRefused(service: string): boolean {
    return this.#refused.has(service);
  }

  /** The attempt has ended: what it still waits for says nothing any more. */
  end(): void {
    this.#isOver = true;
    for (const call of [...this.#open]) this.#left(call);
  }

  #begin(service: string): Call {
    if (!isServiceName(service)) throw new TroupeError('AGENT_OUTPUT_INVALID', 'a service is called by its name, of 1 to 200 characters');
    if (this.#isOver) throw new TroupeError('TASK_CANCELLED', `the attempt ${this.#task.key} has ended`, { retryable: false });
    const breaker = this.#services.breaker(service);
    const isPart = breaker.isProbe(this.#task.key);
    const refusal = isPart ? null : this.#services.refusal([service]);
    if (refusal !== null) {
      this.#refused.add(service);
      throw circuitOpen(refusal, this.#now());
    }
    const call = { service, id: isPart ? this.#task.key : `${this.#task.key}~${++this.#made}`, breaker, isPart };
    this.#open.add(call);
    if (!isPart) breaker.began(call.id);
    return call;
  }

  #succeeded(call: Call): void {
    if (!this.#open.delete(call)) return;
    this.#answered.add(call.service);
    if (!call.isPart) call.breaker.succeeded(call.id);
  }

  #failed(call: Call): void {
    if (!this.#open.delete(call)) return;
    this.#refused.add(call.service);
    this.#services.failed(call.service, call.id);
  }

  #left(call: Call): void {
    if (this.#open.delete(call) && !call.isPart) call.breaker.left(call.id);
  }
}

function speaksAgainst(blames: (thrown: unknown) => boolean, thrown: unknown): boolean {
  try {
    return blames(thrown);
  } catch {
    return true;
  }
}
