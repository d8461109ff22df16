/** What is granted, by lease, by owner and by lock: who asks for something is in the way of few, however much is granted to others. */
import type { LeaseRequest } from '../../policy/lease-decision.ts';

const NOTHING: ReadonlySet<LeaseRequest> = new Set();

/** Granted requests, each in the order of the grants. */
export class Holdings {
  readonly all = new Map<string, LeaseRequest>();
  readonly #ofOwner = new Map<string, Set<LeaseRequest>>();
  readonly #ofLock = new Map<string, Set<LeaseRequest>>();

  add(request: LeaseRequest): void {
    this.all.set(request.lease, request);
    put(this.#ofOwner, request.owner, request);
    for (const { name } of request.locks) put(this.#ofLock, name, request);
  }

  /** Takes a lease back. False when there is none of this name. */
  remove(lease: string): boolean {
    const request = this.all.get(lease);
    if (request === undefined) return false;
    this.all.delete(lease);
    take(this.#ofOwner, request.owner, request);
    for (const { name } of request.locks) take(this.#ofLock, name, request);
    return true;
  }

  ofOwner(owner: string): ReadonlySet<LeaseRequest> {
    return this.#ofOwner.get(owner) ?? NOTHING;
  }

  ofLock(name: string): ReadonlySet<LeaseRequest> {
    return this.#ofLock.get(name) ?? NOTHING;
  }
}

function put(index: Map<string, Set<LeaseRequest>>, key: string, request: LeaseRequest): void {
  const there = index.get(key);
  if (there === undefined) index.set(key, new Set([request]));
  else there.add(request);
}

function take(index: Map<string, Set<LeaseRequest>>, key: string, request: LeaseRequest): void {
  const there = index.get(key);
  there?.delete(request);
  if (there?.size === 0) index.delete(key);
}
