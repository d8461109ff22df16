import type { Workflow } from '../definition/workflow.ts';
import type { Fact } from '../protocol/facts.ts';
import type { JournalStore } from '../protocol/journal.ts';
import type { Inspector } from './actor-system.ts';
import type { AdoptedDefinition } from './adopted-definition.ts';
import type { HostTime } from './host-time.ts';
import type { Run } from './run.ts';
import type { RunOrigin } from './run-origin.ts';

/** A run that is about to begin in a host, or to go on there. */
export interface RunBeginning {
  readonly origin: RunOrigin;
  readonly run: Run;
  /** Batches it has already. */
  readonly next: number;
  /** The facts with which it begins here, in order. */
  readonly first: readonly Fact[];
}

/** What is needed to make a run begin: the part of a host that knows where runs are kept, what time it is and whose types there are. */
export interface Beginnings {
  readonly store: JournalStore;
  readonly time: Pick<HostTime, 'now'>;
  readonly inspector: Inspector | null;
  adopt(workflow: Workflow): AdoptedDefinition;
}
