/** What the exchange of messages needs to know of its run, and makes it do. */
import { nearest } from '../definition/nearest-name.ts';
import type { Step } from '../definition/workflow.ts';
import type { ErrorData } from '../protocol/errors.ts';
import { createRequest, type RunSystem } from './actor-system.ts';
import type { ExchangeHooks, Standing } from './exchange.ts';
import { releaseArrival } from './message-delivery.ts';
import { arriveAt, isWaitedForByOthers } from './points.ts';
import type { RunState } from './run-state.ts';
import type { StepRecord } from './step-record.ts';

/** The hooks of a run; state and system come into being with it. */
export function exchangeHooks(stateOf: () => RunState, systemOf: () => RunSystem): ExchangeHooks {
  return {
    standing: (path) => standing(stateOf(), path),
    asked(request, deadlineMs) {
      const state = stateOf();
      const sender = state.steps.get(state.exchange.questions.get(request)?.message.from ?? '');
      const actor = createRequest(sender?.actor ?? null, systemOf(), { request, deadlineMs });
      state.requests.set(request, actor);
      actor.start();
    },
    closed(request, answer) {
      const { requests } = stateOf();
      const actor = requests.get(request);
      requests.delete(request);
      actor?.send(answer === null ? { type: 'cancel', reason: 'nobody waits for the answer' } : { type: 'request.answered', answer });
    },
    arrived(sync, member) {
      const state = stateOf();
      const step = definitionOf(state, sync);
      if (step?.kind !== 'sync' || !step.members.some((id) => prefixOf(sync) + id === member)) return false;
      state.births.push(() => {
        const point = state.steps.get(sync);
        // One that has not begun finds those who are there when it does.
        if (point !== undefined) arriveAt(point, member, null);
        const sender = state.steps.get(member);
        if (sender !== undefined && isWaitedForByOthers(sender, step)) releaseArrival(state, sync, member);
      });
      return true;
    },
  };
}

function standing(state: RunState, path: string): Standing {
  const live = state.steps.get(path);
  // A step that runs again is there, whatever is on record of its first life.
  const record = live === undefined ? state.records.get(path) : undefined;
  const step = live?.blueprint.step ?? definitionOf(state, path);
  if (step === undefined) return { kind: 'unknown', meant: nearest(path, [...state.root.blueprint.ids, ...state.steps.keys()]) };
  if (step.kind === 'sync') {
    if (record === undefined) return { kind: 'sync' };
    const scope = state.scopes.get(prefixOf(path));
    return { kind: 'synced', output: scope?.steps[step.id] ?? null, error: record.error ?? notTakenPlace(path, record) };
  }
  if (step.kind !== 'task') return { kind: 'other' };
  return { kind: record === undefined ? 'task' : 'ended' };
}

/** Nobody has met where a sync point was skipped or cancelled. */
function notTakenPlace(path: string, { outcome, reason }: StepRecord): ErrorData | null {
  if (outcome === 'completed') return null;
  return { code: 'SYNC_FAILED', message: `the sync point ${path} was ${outcome}${reason === null ? '' : `: ${reason}`}`, retryable: false };
}

/** The step that a path names, begun or not; undefined where the workflow around it has not been entered. */
function definitionOf(state: RunState, path: string): Step | undefined {
  const prefix = prefixOf(path);
  return state.scopes.get(prefix)?.blueprint.byId.get(path.slice(prefix.length));
}

const prefixOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
