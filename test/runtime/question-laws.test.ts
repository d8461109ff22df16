// Whatever people say, to whichever host, however often: what is asked is decided once, and everything that was said is on record.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunStarted } from '../../src/protocol/facts.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { isJsonObject } from '../../src/protocol/json.ts';
import { foldJournal } from '../../src/runtime/fold.ts';
import type { RunHandle } from '../../src/runtime/run-handle.ts';
import { type RunView, viewOf } from '../../src/runtime/run-view.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { type Happening, type Simulation, simulate } from '../../src/testing/simulate.ts';
import { untilQuiet } from '../../src/testing/until-quiet.ts';
import { VirtualTime } from '../../src/testing/virtual-time.ts';
import { leftovers } from './leftovers.ts';
import { askings } from './random-questions.ts';

const RUNS = process.env.TROUPE_DEEP === '1' ? 1_500 : 40;
const ID = 'simulation';

const crew = (begun: string[]) => ({
  personas: {
    '*': ({ task }: { task: { key: string } }) => {
      begun.push(task.key);
      return 'done';
    },
  },
});

const essence = ({ status, steps, outputs }: RunView) => ({ status, outputs, steps: steps.map(({ path, outcome }) => [path, outcome]) });
const counted = ({ steps }: RunView) =>
  steps.flatMap(({ audit }) =>
    audit.filter(({ what }) => what === 'answered' || what === 'delegated').map((entry) => ({ ...entry, at: 0 })),
  );

const say = (run: RunHandle, happening: Happening): Promise<unknown> => {
  if (happening.do === 'answer') return run.answer(happening.step, happening);
  return happening.do === 'delegate' ? run.delegate(happening.step, happening) : Promise.resolve();
};

/** Every fact that people made is one entry of the audit; what counted is what decided; nobody counts twice. */
function expectAudit({ view, journal, outputs }: Pick<Simulation, 'view' | 'journal'> & { readonly outputs: unknown }): void {
  const audit = view.steps.flatMap((step) => step.audit);
  const facts = journal.filter(({ fact }) => fact.type === 'approval.answered' || fact.type === 'approval.delegated');
  expect(audit.filter(({ by }) => by !== null)).toHaveLength(facts.length);
  for (const step of view.steps) {
    if (step.audit.length === 0) continue;
    const words = step.audit.map(({ what }) => what);
    expect(words[0]).toBe('asked');
    expect(words.filter((what) => what === 'asked')).toHaveLength(1);
    const ends = words.flatMap((what, at) => (what === 'expired' || what === 'withdrawn' ? [at] : []));
    expect(ends.length).toBeLessThanOrEqual(1);
    for (const [at, what] of words.entries()) if (at > (ends[0] ?? words.length)) expect(['late', 'repeated']).toContain(what);
    const output = isJsonObject(outputs as JsonObject) ? (outputs as JsonObject)[step.path] : undefined;
    if (step.outcome !== 'completed' || !isJsonObject(output) || output.by === null || output.by === undefined) continue;
    const people = (output.answers as readonly JsonObject[]).map(({ by }) => by);
    expect(new Set(people).size).toBe(people.length);
    const said = step.audit.filter(({ what }) => what === 'answered');
    for (const by of people) expect(said.map((entry) => entry.by)).toContain(by);
    expect(said.at(-1)?.by).toBe(output.by);
  }
}

test('one effect and a full audit, whatever is said; nothing is left over', async () => {
  await fc.assert(
    fc.asyncProperty(askings(ID), async ({ workflow, happenings }) => {
      const begun: string[] = [];
      const played = await simulate(workflow, { crew: crew(begun), happenings });
      expect(new Set(begun).size).toBe(begun.length);
      expectAudit(played);
      const fold = foldJournal(ID, played.workflow, played.journal);
      if (played.status !== 'waiting') expect(leftovers(fold)).toEqual({});
      else for (const step of played.view.steps) if (step.outcome === null) expect(step.why).not.toBe(null);
      expect(viewOf(fold, played.view.updatedAt, 0).steps.map(({ audit }) => audit)).toEqual(played.view.steps.map(({ audit }) => audit));
    }),
    { numRuns: RUNS },
  );
});

/** A host that died after `cut` batches; the next one is told again what had counted, and then what was still to come. */
async function goneOn(whole: Simulation, cut: number, happenings: readonly Happening[], begun: string[]) {
  const store = createMemoryStore();
  const started = whole.journal[0]?.fact as RunStarted;
  await store.putDefinition(started.definition, whole.workflow as unknown as JsonObject);
  for (const batch of whole.journal.slice(0, cut)) await store.append(ID, batch);
  const lived = whole.journal.slice(0, cut).map(({ fact }) => fact);
  const since = lived.at(-1)?.at ?? 0;
  const time = new VirtualTime(since);
  const runtime = await createRuntime({ store, time, crew: crew(begun), maxConcurrentTasks: Number.POSITIVE_INFINITY });
  const run = await runtime.resume(ID);
  const before = counted(run.state());
  for (const { step, token, by, what, decision, values } of before) {
    if (what !== 'answered' || by === null || decision === null) continue;
    await run.answer(step, { by, token, decision, values: values ?? undefined } as Parameters<RunHandle['answer']>[1]).catch(() => {});
  }
  expect(counted(run.state())).toEqual(before);
  const last = lived.at(-1);
  for (const happening of happenings) {
    const isHeard = happening.at === since && (last?.type === 'approval.answered' || last?.type === 'approval.delegated');
    if (happening.at >= since && !isHeard) time.alarm(happening.at, () => void say(run, happening).catch(() => {}));
  }
  await untilQuiet(run, time, 1000);
  const view = run.state();
  const journal = await store.read(ID);
  await runtime.stop({ graceMs: 0 });
  return { view, journal, outputs: view.outputs };
}

test('a host that dies anywhere changes nothing of what is decided, although everybody says again what they had said', async () => {
  await fc.assert(
    fc.asyncProperty(askings(ID), fc.nat(), async ({ workflow, happenings }, point) => {
      // one at a time: which of those at one moment were heard before the host died is the journal's to say
      const spread = happenings.map((happening, n) => ({ ...happening, at: happening.at + n }));
      const whole = await simulate(workflow, { crew: crew([]), happenings: spread });
      const begun: string[] = [];
      const cut = 1 + (point % whole.journal.length);
      fc.pre(foldJournal(ID, whole.workflow, whole.journal, cut).ended === null);
      const went = await goneOn(whole, cut, spread, begun);
      expect(essence(went.view)).toEqual(essence(whole.view));
      expect(counted(went.view)).toEqual(counted(whole.view));
      expect(new Set(begun).size).toBe(begun.length);
      expectAudit(went);
    }),
    { numRuns: RUNS },
  );
});
