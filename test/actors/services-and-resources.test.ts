// Services, locks and places are had together: whoever waits for one keeps none of the others from anybody for ever.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLedger } from '../../src/actors/resources/ledger.ts';
import { VirtualTime } from '../../src/testing/index.ts';
import { failure, quiet, setServicesStage } from './services-stage.ts';

const tasks = fc.array(
  fc.record({
    services: fc.subarray(['github', 'registry']),
    locks: fc.dictionary(fc.constantFrom('db', 'site'), fc.constantFrom('shared' as const, 'exclusive' as const), { maxKeys: 2 }),
    memoryMb: fc.constantFrom(10, 60, 100),
    /** How it ends: well, or by one of its services. */
    blames: fc.option(fc.constantFrom('github', 'registry'), { freq: 2 }),
    /** It comes after so many others have ended. */
    after: fc.nat({ max: 4 }),
  }),
  { minLength: 1, maxLength: 12 },
);

const TERMS = { failures: 1, coolMs: 10, successes: 1 };

test('everybody has their turn, and all is given back, whatever is spared and held meanwhile', async () => {
  let spared = 0;
  await fc.assert(
    fc.asyncProperty(tasks, fc.integer({ min: 1, max: 3 }), fc.infiniteStream(fc.nat()), async (all, places, chance) => {
      const time = new VirtualTime();
      const ledger = createLedger({ time });
      const terms = { github: TERMS, registry: TERMS };
      const stage = setServicesStage({ terms, time, ledger, limits: { memoryMb: 100 }, maxConcurrentTasks: places });
      let ended = 0;
      const started = new Set<number>();
      const begin = (): void => {
        for (const [n, { after, services, locks, memoryMb }] of all.entries()) {
          if (started.has(n) || after > ended) continue;
          started.add(n);
          stage.start(`t${n}`, services, { locks, memoryMb });
        }
      };
      begin();
      await quiet();
      for (let turns = 0; stage.reports.size < all.length; turns += 1) {
        expect(turns).toBeLessThan(200);
        const hands = stage.atWork();
        const step = hands[(chance.next().value ?? 0) % Math.max(1, hands.length)];
        if (step === undefined) {
          // Nobody is at work: then time alone helps, or those who come after others that will not end.
          if (Object.values(stage.services.standings()).some(({ state }) => state === 'open')) spared += 1;
          if (!(await stage.pass())) ended += 1;
        } else {
          const { blames = null } = all[Number(step.slice(1))] ?? {};
          await stage.end(step, blames === null ? undefined : failure(blames));
          ended += 1;
        }
        begin();
        await quiet();
      }
      expect([stage.dispatcher.inFlight(), stage.dispatcher.waiting()]).toEqual([0, 0]);
      const { held, waiting } = ledger.standing();
      expect([held, waiting]).toEqual([[], []]);
    }),
    { numRuns: process.env.TROUPE_DEEP === '1' ? 3_000 : 120 },
  );
  expect(spared).toBeGreaterThan(10);
});
