/** Taking up unfinished runs, each with the crew it was launched with. */
import {
  type Batch,
  type Crew,
  type ForkOptions,
  findDeadLetter,
  findRun,
  type JournalStore,
  listRuns,
  type RetryOptions,
  type Runtime,
  type RunView,
  type Workflow,
} from '../../index.ts';
import { Refusal } from '../failure/refusal.ts';
import { readCrew, readWorkflow } from '../files/definitions.ts';
import { crewBeside, crewPath, workflowPath } from '../files/named-file.ts';
import type { Desk } from '../terminal/desk.ts';
import type { Attended } from './attendance.ts';
import { type FileChoice, workflowToAdopt } from './changed-file.ts';
import { type ChosenCrew, crewOf } from './crew-choice.ts';
import type { House } from './house.ts';
import { recallLaunch, rememberLaunch } from './launch-record.ts';

/** Ids of the runs that are meant: the one that was named, or all that have not ended. `unreadable` ones cannot be taken up. */
export async function unfinishedRuns(
  desk: Desk,
  store: JournalStore,
  named: string | undefined,
): Promise<{ ids: string[]; unreadable: string[] }> {
  if (named !== undefined) return { ids: [await findRun(store, named)], unreadable: [] };
  const listed = await listRuns(store, desk.now());
  const open = listed.filter(({ summary }) => summary?.status === 'running' || summary?.status === 'paused');
  return { ids: open.map(({ id }) => id), unreadable: listed.filter(({ summary }) => summary === null).map(({ id }) => id) };
}

/** A crew at work, and the files it came from. */
interface Staffed extends ChosenCrew {
  readonly crew: Crew;
  readonly runtime: Runtime;
}

/** How often a run was taken up before. */
function takenUp(batches: readonly Batch[]): number {
  return batches.filter(({ fact }) => fact.type === 'run.recovered' || fact.type === 'run.retried').length;
}

/** Whether a run has ended, in the life that it is in. */
function isOver(batches: readonly Batch[]): boolean {
  const lived = batches.slice(batches.findLastIndex(({ fact }) => fact.type === 'run.retried') + 1);
  return lived.some(({ intents }) => intents.some(([kind]) => kind === 'run.end'));
}

/** Takes runs up; a pause is lifted. */
export class Resumption {
  readonly #desk: Desk;
  readonly #house: House;
  readonly #namedCrew: string | undefined;
  readonly #maxConcurrency: number | undefined;
  readonly #file: FileChoice;
  /** By crew file; null for nobody. */
  readonly #staffed = new Map<string | null, Staffed>();

  constructor(
    desk: Desk,
    house: House,
    options: { readonly crew?: string | undefined; readonly maxConcurrency?: number | undefined; readonly file: FileChoice },
  ) {
    this.#file = options.file;
    this.#desk = desk;
    this.#house = house;
    this.#namedCrew = options.crew;
    this.#maxConcurrency = options.maxConcurrency;
  }

  /** Takes up one run. Rejects with RUN_ENDED, REPLAY_DIVERGED, STORE_…, and AGENT_UNAVAILABLE where nobody plays a persona it needs. */
  async take(id: string): Promise<Attended> {
    const batches = await this.#house.store.read(id);
    const staffed = await this.#staff(await this.#crewFile(id, batches));
    const { crew, runtime } = staffed;
    let isPaused = false;
    const before = (view: RunView) => {
      refuseMissing(this.#desk, view, crew);
      isPaused = view.status === 'paused';
    };
    const adopting = isOver(batches) ? {} : await this.#adopting(id, batches, staffed);
    const run = await runtime.resume(id, { ...adopting, before });
    if (isPaused) await run.resume();
    return { run, since: 1 + takenUp(batches) };
  }

  /** Takes up one run so that what had failed runs again, or what `options` say. Rejects with NOTHING_TO_RETRY, and as `take`. */
  async takeBack(id: string, options: Omit<RetryOptions, 'adopt'>): Promise<Attended> {
    const batches = await this.#house.store.read(id);
    const staffed = await this.#staff(await this.#crewFile(id, batches));
    const adopting = await this.#adopting(id, batches, staffed);
    const run = await staffed.runtime.retry(id, { ...options, ...adopting });
    return { run, since: 1 + takenUp(batches) };
  }

  /** Takes up the run of a dead letter for it: its step runs again, or it is sent again. Rejects as `DeadLetters.retry` does. */
  async retryLetter(letter: string): Promise<Attended> {
    const { run } = await findDeadLetter(this.#house.store, letter);
    const batches = await this.#house.store.read(run);
    const { runtime } = await this.#staff(await this.#crewFile(run, batches));
    return { run: await runtime.deadLetters.retry(letter), since: 1 + takenUp(batches) };
  }

  /** Forks a run, by its own definition or by that of a `file`. */
  async fork(origin: string, options: ForkOptions & { readonly id: string }, file: string | undefined): Promise<Attended> {
    const batches = await this.#house.store.read(origin);
    const { runtime, ...staff } = await this.#staff(await this.#crewFile(origin, batches));
    const path = file === undefined ? null : workflowPath(this.#desk, file);
    const definition = path === null ? null : await readWorkflow(this.#desk, path, staff.definition);
    const run = await runtime.fork(origin, { ...options, ...(definition === null ? {} : { definition }) });
    const launch = recallLaunch(this.#desk.store, origin);
    const workflow = path ?? launch?.workflow;
    if (workflow !== undefined) rememberLaunch(this.#desk.store, options.id, { workflow, crew: staff.file });
    return { run, since: 0 };
  }

  /** What a run is to adopt where its file has changed. Throws DEFINITION_CHANGED where nobody has said. */
  async #adopting(id: string, batches: readonly Batch[], { crew, definition: staff }: Staffed): Promise<{ adopt?: Workflow }> {
    const file = recallLaunch(this.#desk.store, id)?.workflow;
    const recorded = await this.#recorded(batches);
    if (file === undefined || recorded === null) return {};
    const adopt = await workflowToAdopt(this.#desk, this.#file, { run: id, recorded, file, crew, staff });
    return adopt === null ? {} : { adopt };
  }

  /** The definition that a run goes by. */
  async #recorded(batches: readonly Batch[]): Promise<Workflow | null> {
    const hashes = batches.flatMap(({ fact }) =>
      fact.type === 'run.started' || fact.type === 'definition.adopted' ? [fact.definition] : [],
    );
    return (await this.#house.store.getDefinition(hashes.at(-1) ?? '')) as Workflow | null;
  }

  async #crewFile(id: string, batches: readonly Batch[]): Promise<string | null> {
    if (this.#namedCrew !== undefined) return crewPath(this.#desk, this.#namedCrew);
    const launch = recallLaunch(this.#desk.store, id);
    if (launch !== null) return launch.crew;
    const workflow = await this.#recorded(batches);
    return workflow?.file === undefined ? null : crewBeside(workflow.file);
  }

  async #staff(file: string | null): Promise<Staffed> {
    const known = this.#staffed.get(file);
    if (known !== undefined) return known;
    const definition = file === null ? null : await readCrew(this.#desk, crewPath(this.#desk, file));
    const crew = crewOf({ file, definition });
    const staffed = { file, definition, crew, runtime: await this.#house.employ(crew, this.#maxConcurrency) };
    this.#staffed.set(file, staffed);
    return staffed;
  }
}

/** A run that is resumed without those it needs would fail for good: better not to begin. */
function refuseMissing(desk: Desk, view: RunView, crew: Crew): void {
  const open = view.steps.filter(({ outcome, persona }) => outcome === null && persona !== null);
  const missing = open.filter(({ type, persona }) => crew.candidates({ type, persona }).length === 0).map(({ persona }) => persona ?? '');
  if (missing.length === 0) return;
  throw new Refusal('AGENT_UNAVAILABLE', `run ${view.id} needs somebody to play ${[...new Set(missing)].join(', ')}`, {
    hint: `name the crew file: ${desk.command('resume', view.id, '--crew', 'crew.yml')}`,
  });
}
