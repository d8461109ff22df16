/** Taking up unfinished runs, each with the crew it was launched with. */
import {
  type Batch,
  type Crew,
  findRun,
  type JournalStore,
  listRuns,
  type Runtime,
  type RunView,
  viewRun,
  type Workflow,
} from '../../index.ts';
import { Refusal } from '../failure/refusal.ts';
import { readCrew } from '../files/definitions.ts';
import { crewBeside, crewPath } from '../files/named-file.ts';
import type { Desk } from '../terminal/desk.ts';
import type { Attended } from './attendance.ts';
import { crewOf } from './crew-choice.ts';
import type { House } from './house.ts';
import { recallLaunch } from './launch-record.ts';

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

/** Takes runs up; a pause is lifted. */
export class Resumption {
  readonly #desk: Desk;
  readonly #house: House;
  readonly #namedCrew: string | undefined;
  readonly #maxConcurrency: number | undefined;
  /** By crew file; null for nobody. */
  readonly #staffed = new Map<string | null, { readonly crew: Crew; readonly runtime: Runtime }>();

  constructor(desk: Desk, house: House, options: { readonly crew?: string | undefined; readonly maxConcurrency?: number | undefined }) {
    this.#desk = desk;
    this.#house = house;
    this.#namedCrew = options.crew;
    this.#maxConcurrency = options.maxConcurrency;
  }

  /** Takes up one run. Rejects with RUN_ENDED, REPLAY_DIVERGED, STORE_…, and AGENT_UNAVAILABLE where nobody plays a persona it needs. */
  async take(id: string): Promise<Attended> {
    const batches = await this.#house.store.read(id);
    const view = await viewRun(this.#house.store, id, this.#desk.now());
    const { crew, runtime } = await this.#staff(await this.#crewFile(id, batches));
    if (view.status === 'running' || view.status === 'paused') refuseMissing(this.#desk, view, crew);
    const run = await runtime.resume(id);
    if (view.status === 'paused') await run.resume();
    return { run, since: 1 + batches.filter(({ fact }) => fact.type === 'run.recovered').length };
  }

  async #crewFile(id: string, [first]: readonly Batch[]): Promise<string | null> {
    if (this.#namedCrew !== undefined) return crewPath(this.#desk, this.#namedCrew);
    const launch = recallLaunch(this.#desk.store, id);
    if (launch !== null) return launch.crew;
    const hash = first?.fact.type === 'run.started' ? first.fact.definition : '';
    const workflow = (await this.#house.store.getDefinition(hash)) as Workflow | null;
    return workflow?.file === undefined ? null : crewBeside(workflow.file);
  }

  async #staff(file: string | null): Promise<{ readonly crew: Crew; readonly runtime: Runtime }> {
    const known = this.#staffed.get(file);
    if (known !== undefined) return known;
    const definition = file === null ? null : await readCrew(this.#desk, crewPath(this.#desk, file));
    const crew = crewOf({ file, definition });
    const staffed = { crew, runtime: await this.#house.employ(crew, this.#maxConcurrency) };
    this.#staffed.set(file, staffed);
    return staffed;
  }
}

/** A run that is resumed without those it needs would fail for good: better not to begin. */
function refuseMissing(desk: Desk, view: RunView, crew: Crew): void {
  const open = view.steps.filter(({ outcome, persona }) => outcome === null && persona !== null);
  const missing = open.filter(({ type, persona }) => crew.find({ type, persona }) === null).map(({ persona }) => persona ?? '');
  if (missing.length === 0) return;
  throw new Refusal('AGENT_UNAVAILABLE', `run ${view.id} needs somebody to play ${[...new Set(missing)].join(', ')}`, {
    hint: `name the crew file: ${desk.command('resume', view.id, '--crew', 'crew.yml')}`,
  });
}
