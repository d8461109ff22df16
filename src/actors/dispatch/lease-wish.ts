/** What an agent asks for while it works, as it is read: agents may say anything. */
import type { LeaseWish } from '../../protocol/agent.ts';
import { TroupeError } from '../../protocol/errors.ts';
import { NotPlainJson, readPlainJson } from '../plain-json.ts';

const AMOUNTS: readonly string[] = ['memoryMb', 'cpu', 'io', 'tokens'];

/** More locks than this are no wish any more. */
const MAX_LOCKS = 100;

/** A wish as plain JSON of its own, with nothing in it that is not known. Throws TroupeError AGENT_OUTPUT_INVALID for anything else. */
export function checkedWish(wish: unknown): LeaseWish {
  const copy = readPlainJson(wish);
  if (copy instanceof NotPlainJson || typeof copy !== 'object' || copy === null || Array.isArray(copy)) throw invalid('is no map');
  for (const [name, value] of Object.entries(copy)) {
    if (name === 'locks') checkLocks(value);
    else if (!AMOUNTS.includes(name)) throw invalid(`has "${name}", which nobody knows`);
    else if (typeof value !== 'number' || value < 0) throw invalid(`has ${JSON.stringify(value)} of ${name}`);
  }
  return copy as LeaseWish;
}

/** Two wishes with the same key ask for the same. */
export function wishKey({ tokens = 0, memoryMb = 0, cpu = 0, io = 0, locks = {} }: LeaseWish): string {
  return JSON.stringify([tokens, memoryMb, cpu, io, Object.entries(locks).sort()]);
}

function checkLocks(locks: unknown): void {
  if (typeof locks !== 'object' || locks === null || Array.isArray(locks)) throw invalid('has locks that are no map of names');
  const entries = Object.entries(locks);
  if (entries.length > MAX_LOCKS) throw invalid(`has ${entries.length} locks`);
  for (const [name, mode] of entries) {
    if (name === '' || (mode !== 'shared' && mode !== 'exclusive')) throw invalid(`has the lock "${name}" as ${JSON.stringify(mode)}`);
  }
}

const invalid = (problem: string): TroupeError =>
  new TroupeError('AGENT_OUTPUT_INVALID', `what is asked for in context.lease ${problem}`, {
    hint: "ask for locks as { name: 'shared' | 'exclusive' }, and for tokens, memoryMb, cpu and io as numbers of at least 0",
  });
