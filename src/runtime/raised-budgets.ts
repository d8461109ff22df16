/** Larger budgets for a run that goes on: what is given on top, by account. */
import { nearest } from '../definition/nearest-name.ts';
import { RUN_ACCOUNT } from '../policy/token-ledger.ts';
import { TroupeError } from '../protocol/errors.ts';
import { OpenedGroups } from './opened-groups.ts';
import type { RunState } from './run-state.ts';

/** What may be spent in all from now on: as large as that, whatever was spent so far. */
export interface LargerBudgets {
  /** Tokens of the whole run. */
  readonly tokens?: number;
  /** By path of a step that has a budget: its tokens. */
  readonly byStep?: Readonly<Record<string, number>>;
}

/**
 * By account, that of the run under RUN_ACCOUNT: how many tokens more it is given.
 *
 * @throws TroupeError INPUT_INVALID for an account that is not there, and for a budget that is no larger than it was
 */
export function tokensOnTop(state: RunState, { tokens, byStep = {} }: LargerBudgets): Readonly<Record<string, number>> {
  const wanted: [string, number][] = [
    ...(tokens === undefined ? [] : [[RUN_ACCOUNT, tokens] as [string, number]]),
    ...Object.entries(byStep),
  ];
  return Object.fromEntries(wanted.map(([account, total]) => [account, total - held(state, account, total)]));
}

/** What an account holds so far. */
function held(state: RunState, account: string, wanted: number): number {
  const known = totals(state);
  const owner = account === RUN_ACCOUNT ? 'the run' : account;
  const total = known.get(account);
  if (total === undefined) {
    const near = nearest(account, [...known.keys()]);
    const names = [...known.keys()].map((path) => (path === RUN_ACCOUNT ? 'the run' : path));
    throw new TroupeError('INPUT_INVALID', `${owner} has no budget in run ${state.id}`, {
      hint:
        near !== null && near !== ''
          ? `did you mean "${near}"?`
          : names.length === 0
            ? 'nothing in it has one'
            : `these have one: ${names.join(', ')}`,
      retryable: false,
    });
  }
  if (!Number.isFinite(wanted))
    throw new TroupeError('INPUT_INVALID', `the budget of ${owner} must be a number of tokens, not ${String(wanted)}`, {
      retryable: false,
    });
  if (wanted > total) return total;
  throw new TroupeError('INPUT_INVALID', `the budget of ${owner} is ${total} tokens already; ${wanted} is no more than that`, {
    hint: 'say how many may be spent in all, those that are spent already included',
    retryable: false,
  });
}

/** What every account holds that limits anything, of those steps too of which nothing has begun yet. */
function totals(state: RunState): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const { budget, root } = state;
  const groups = new OpenedGroups(state);
  const steps = new Map([...root.blueprint.byId].map(([path, step]) => [path, step]));
  for (const path of groups.paths()) {
    const place = groups.place(path);
    const step = place?.group.blueprint.members[place.member]?.step;
    if (step !== undefined) steps.set(path, step);
  }
  const raised = (path: string) => budget?.ledger.account(path).raised ?? 0;
  if (root.blueprint.workflow.budget !== undefined) found.set(RUN_ACCOUNT, root.blueprint.workflow.budget.tokens + raised(RUN_ACCOUNT));
  for (const [path, { budget: own }] of steps) if (own !== undefined) found.set(path, own.tokens + raised(path));
  return found;
}
