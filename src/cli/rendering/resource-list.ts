/** What there is of resources, and who has it: a line for each limit of each account, then a line for each task. */
import type { ResourceAccount, ResourceLease, ResourceLimits, ResourceView } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { type Column, table } from '../text/table.ts';
import { spanText } from '../text/time-text.ts';

/** How the list is shown. */
export interface ResourceListOptions {
  readonly width: number;
  /** Ms since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

const KINDS: readonly (readonly [kind: keyof ResourceLimits, word: string])[] = [
  ['memoryMb', 'memory, MB'],
  ['cpu', 'cores'],
  ['io', 'input and output'],
  ['concurrency', 'attempts at once'],
  ['tokens', 'tokens'],
  ['tokensPerMinute', 'tokens a minute'],
];

const COLUMNS: readonly Column[] = [
  { title: 'ACCOUNT' },
  { title: 'OF' },
  { title: 'LIMIT', align: 'right' },
  { title: 'IN USE', align: 'right' },
  { title: 'SPENT', align: 'right' },
  { title: 'LEFT', align: 'right' },
];

/** The lines: limits and what is left, then who has something, then who waits. */
export function resourceList({ accounts, held, waiting }: ResourceView, { width, now, paint }: ResourceListOptions): string[] {
  const [head = '', ...rows] = table(COLUMNS, accounts.flatMap(accountRows), width);
  const lease = (each: ResourceLease): string => `${oneLine(each.task)}, for ${spanText(Math.max(0, now - each.since))}`;
  return [
    ...(rows.length === 0 ? [] : [paint.dim(head), ...rows]),
    ...part(
      'In use:',
      held.map((each) => `${lease(each)}: ${contents(each)}`),
    ),
    ...part(
      'Waiting:',
      waiting.map((each) => `${lease(each)}: lacks ${each.why ?? contents(each)}`),
    ),
  ];
}

const part = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

/** What is limited of an account, and tokens where some were used. */
function accountRows(account: ResourceAccount): string[][] {
  const told = KINDS.filter(([kind]) => account.limits[kind] !== undefined || (kind === 'tokens' && tokensUsed(account) > 0));
  return told.map(([kind, word]) => {
    const limit = account.limits[kind];
    const inUse = kind === 'tokensPerMinute' ? account.tokensPerMinute : (account.reserved[kind] ?? 0);
    const spent = kind === 'tokens' ? tokensUsed(account) : null;
    return [
      oneLine(account.title),
      word,
      limit === undefined ? 'none' : figure(limit),
      figure(inUse),
      spent === null ? '' : figure(spent),
      limit === undefined ? '' : figure(Math.max(0, limit - inUse - (spent ?? 0))),
    ];
  });
}

/** What a process had reserved that died counts as spent. */
const tokensUsed = ({ spent, inDoubt }: ResourceAccount): number => spent + inDoubt;

function contents({ amounts, locks }: ResourceLease): string {
  const taken = KINDS.flatMap(([kind, word]) => {
    const amount = kind === 'tokensPerMinute' ? undefined : amounts[kind];
    return amount === undefined || amount === 0 ? [] : [`${word} ${figure(amount)}`];
  });
  const all = [...taken, ...locks.map(({ name, mode }) => `the lock ${oneLine(name)}${mode === 'shared' ? ', shared' : ''}`)];
  return all.length === 0 ? 'nothing; what it uses is counted' : all.join(', ');
}

const figure = (amount: number): string => amount.toLocaleString('en', { maximumFractionDigits: 2 });
