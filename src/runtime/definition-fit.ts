/**
 * Whether a run can go on by another definition than the one it was started with: everything that has happened is folded against both, side
 * by side, and must have the same consequences.
 */
import type { Workflow } from '../definition/workflow.ts';
import { blueprintOf } from '../planning/draw-blueprint.ts';
import type { Intent } from '../protocol/effects.ts';
import { errorData, TroupeError } from '../protocol/errors.ts';
import type { Fact } from '../protocol/facts.ts';
import { foldJournal, lifeOf } from './fold.ts';
import { checkInput } from './intake.ts';
import { intentOf, sameIntents } from './intent.ts';
import type { FoldedRun } from './recovery.ts';
import { Run } from './run.ts';
import type { Beginnings, RunBeginning } from './run-beginning.ts';

/** A fact that does not fit: its number, what it was, what it led to, and what it would lead to now. */
export interface Misfit {
  readonly n: number;
  readonly fact: Fact['type'];
  /** The step it is about, or null. */
  readonly step: string | null;
  readonly recorded: readonly string[];
  readonly now: readonly string[];
}

/** So many are listed; after the first few, one follows from the other. */
const MOST_LISTED = 20;

/** The facts of a run that do not fit another definition, in order; empty where all fit. */
function misfits({ run, started, workflow, batches }: FoldedRun, other: Workflow): Misfit[] {
  const id = run.state.id;
  let own = new Run(id, blueprintOf(workflow), started);
  let next = new Run(id, blueprintOf(other), started);
  const found: Misfit[] = [];
  for (const { n, fact, intents } of batches) {
    if (found.length >= MOST_LISTED) break;
    own = lifeOf({ run: own, workflow, started, batches }, fact);
    const lateBefore = [own.state.lateFacts, next.state.lateFacts];
    own.deliver(fact);
    const produced = consequences(() => {
      next = lifeOf({ run: next, workflow: other, started, batches }, fact);
      return next.deliver(fact).map(intentOf);
    });
    const isLate = own.state.lateFacts > (lateBefore[0] ?? 0);
    const wouldBeLate = next.state.lateFacts > (lateBefore[1] ?? 0);
    if (typeof produced !== 'string' && sameIntents(intents, produced) && isLate === wouldBeLate) continue;
    const now =
      typeof produced === 'string'
        ? [produced]
        : [...(wouldBeLate && !isLate ? ['nobody waits for it'] : []), ...inWords(produced, intents)];
    found.push({ n, fact: fact.type, step: 'step' in fact ? fact.step : null, recorded: inWords(intents, intents), now });
    if (typeof produced === 'string') break;
  }
  return found;
}

function consequences(work: () => Intent[]): Intent[] | string {
  try {
    return work();
  } catch (thrown) {
    return `it cannot be taken in: ${errorData(thrown).message}`;
  }
}

const ASKS = { 'task.start': 'starts', 'task.cancel': 'withdraws', 'message.deliver': 'tells', 'run.end': 'ends' } as const;

function inWords(intents: readonly Intent[], recorded: readonly Intent[]): string[] {
  return intents.map(([kind, id, checksum]) => {
    const same = recorded.find((other) => other[0] === kind && other[1] === id);
    return `${ASKS[kind]} ${id}${same !== undefined && same[2] !== checksum ? ' with something else' : ''}`;
  });
}

/** One line for a misfit. */
function misfitText({ n, fact, step, recorded, now }: Misfit): string {
  const list = (asked: readonly string[]) => (asked.length === 0 ? 'nothing' : asked.join(', '));
  return `fact ${n} (${fact}${step === null ? '' : ` of ${step}`}): recorded ${list(recorded)}; now ${list(now)}`;
}

/** A folded run as it goes on: by its own definition, or by `adopt`, where that is another one. Rejects with DEFINITION_UNFIT. */
export async function adoptedFor(host: Beginnings, folded: FoldedRun, adopt: Workflow | undefined): Promise<Omit<RunBeginning, 'next'>> {
  const { run, started, batches, definition, workflow } = folded;
  const { id } = run.state;
  const own = { origin: { id, startedAt: started.at, definition, workflow }, run, first: [] };
  if (adopt === undefined) return own;
  const adopted = host.adopt(adopt);
  if (adopted.hash === definition) return own;
  checkInput(adopted.workflow, { ...started.input, ...started.variables });
  const unfit = misfits(folded, adopted.workflow);
  if (unfit.length > 0) throw unfitDefinition(id, unfit);
  await host.store.putDefinition(adopted.hash, adopted.workflow as never);
  return {
    origin: { id, startedAt: started.at, definition: adopted.hash, workflow: adopted.workflow },
    run: foldJournal(id, adopted.workflow, batches, batches.length, host.inspector),
    first: [{ type: 'definition.adopted', at: host.time.now(), definition: adopted.hash }],
  };
}

function unfitDefinition(run: string, unfit: readonly Misfit[]): TroupeError {
  const [first] = unfit;
  return new TroupeError(
    'DEFINITION_UNFIT',
    `what has happened in run ${run} does not fit the new definition:\n${unfit.map(misfitText).join('\n')}`,
    {
      where: `${run}:${first?.n ?? 0}`,
      hint: 'go on by the definition it was started with, or fork it by the new one: steps that changed run again there',
      retryable: false,
      details: { misfits: unfit.map((each) => ({ ...each })) },
    },
  );
}
