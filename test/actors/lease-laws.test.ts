import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeaseWish } from '../../src/protocol/agent.ts';
import { LIMITS, type Plan, plans, type Terms, World } from './lease-world.ts';

const places = fc.integer({ min: 1, max: 5 });
const capacity = fc.constantFrom(undefined, 1, 2);

/** Everything that was taken is given back. */
function balanced(world: World): void {
  const { held, waiting, accounts } = world.ledger.ledger.standing();
  expect([held, waiting, world.ledger.unbalanced()]).toEqual([[], [], []]);
  for (const { reserved } of accounts) expect(Object.values(reserved).filter((amount) => amount !== 0)).toEqual([]);
  expect(world.dispatcher.roster.members().filter(({ inFlight }) => inFlight > 0)).toEqual([]);
}

/** Whether somebody could have all of it at the same time. */
const fitsAtOnce = (all: readonly LeaseWish[]): boolean =>
  (['memoryMb', 'cpu'] as const).every((kind) => all.reduce((sum, wish) => sum + (wish[kind] ?? 0), 0) <= LIMITS[kind]) &&
  all.reduce((sum, { tokens = 0 }) => sum + tokens, 0) <= LIMITS.tokensPerMinute;

async function lived(all: readonly Plan[], terms: Terms): Promise<World> {
  const world = new World(all, terms);
  await world.live();
  balanced(world);
  return world;
}

describe('tasks that take resources, locks and agents, before they begin and while they work', () => {
  it('keep to every limit, and give everything back once, whether they complete, fail, are cancelled, abandoned, too late, or the house stops', async () => {
    const stop = fc.option(fc.record({ at: fc.nat({ max: 500 }), graceMs: fc.constantFrom(0, 50) }), { freq: 2 });
    await fc.assert(
      fc.asyncProperty(fc.array(plans(), { maxLength: 8 }), fc.record({ places, capacity, stop }), async (all, terms) => {
        const world = await lived(all, terms);
        for (const [key, reports] of world.reports) expect([key, reports.length]).toEqual([key, 1]);
      }),
      { numRuns: 120 },
    );
  });

  it('never wait for each other for ever: each comes to its end, and gives way at most once for each thing it asks for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plans(true), { minLength: 2, maxLength: 8 }), places, capacity, async (all, atOnce, capacityOfEach) => {
        const world = await lived(all, { places: atOnce, capacity: capacityOfEach, stop: null });
        const last = all.map((_, n) => [...world.reports].filter(([key]) => key.startsWith(`run/s${n}#`)).at(-1)?.[1][0]);
        for (const report of last) if (report?.ok === false) expect(report.error.code).toBe('RESOURCE_EXHAUSTED');
        for (const [step, deaths] of world.deaths) {
          const plan = all[Number(step.slice(1))];
          const asked = plan?.acts.flatMap((act) => (act.act === 'lease' ? [act.wish] : [])) ?? [];
          if (fitsAtOnce([plan?.needs ?? {}, ...asked])) expect(deaths, step).toBeLessThanOrEqual(asked.length);
        }
      }),
      { numRuns: 120 },
    );
  });
});
