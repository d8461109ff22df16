/** What is known of what agents use: what was learned of their calls for a step, else what they say themselves. */
import { tokenRate } from '../../definition/token-rate.ts';
import { canDo } from '../../policy/agent-match.ts';
import { type Claim, claimed } from '../../policy/resource-account.ts';
import type { LimitKind } from '../../policy/resource-amounts.ts';
import type { Usage } from '../../policy/usage-pattern.ts';
import type { Task } from '../../protocol/task.ts';
import type { Member } from '../pool/member.ts';
import type { UsageBook } from '../resources/usage-book.ts';
import type { Flight } from './flight.ts';

/** What a call of an agent is expected to use; null: nothing is known. */
export function knownUse(usage: Pick<UsageBook, 'pattern'>, task: Task, { agent }: Member): Usage | null {
  const learned = usage.pattern(task, agent.id);
  const { uses } = agent;
  return uses === undefined ? learned : { ...uses, ...learned };
}

/** Another agent of the pool of a task that could do it, and is known to use less of a kind than all others; null: there is none. */
export function lightestOther(
  { task, pool, wish }: Flight,
  chosen: Member,
  kind: LimitKind,
  usage: Pick<UsageBook, 'pattern'>,
  isThere: (member: Member) => boolean,
): (Claim & { readonly agent: string }) | null {
  if (task.agent !== undefined || pool === null) return null;
  let lightest: (Claim & { readonly agent: string }) | null = null;
  for (const member of pool.members) {
    if (member === chosen || !canDo(member.capabilities, wish.capabilities) || !isThere(member)) continue;
    const { ms: _, ...amounts } = knownUse(usage, task, member) ?? {};
    if (amounts[kind === 'tokensPerMinute' || kind === 'concurrency' ? 'tokens' : kind] === undefined) continue;
    const claim = { amounts, rate: tokenRate(amounts.tokens ?? 0, 0), agent: member.id };
    if (lightest === null || claimed(claim, kind) < claimed(lightest, kind)) lightest = claim;
  }
  return lightest;
}
