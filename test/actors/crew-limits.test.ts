import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCrew } from '../../src/actors/crews/crew.ts';
import { crewFromDefinition } from '../../src/actors/crews/crew-from-definition.ts';
import { createDispatcher } from '../../src/actors/dispatch/dispatcher.ts';
import { crewJsonSchema, loadCrew } from '../../src/index.ts';
import { simulate } from '../../src/testing/index.ts';
import { task, workflowOf } from '../runtime/linear.ts';

const file = (limits: string) => `max_concurrent: ${limits}\nagents:\n  coder: { kind: scripted, script: { "*": { after: 1s } } }\n`;

describe('so many tasks of a kind at once', () => {
  test('is said in a crew file, and holds', async () => {
    const { crew } = await loadCrew(file('{ coder: 2 }'), { text: true });
    expect(crew?.maxConcurrent).toEqual({ coder: 2 });
    const steps = ['a', 'b', 'c', 'd', 'e'].map((id) => task(id, { persona: 'coder' }));
    expect(await simulate(workflowOf(steps), { crew: crewFromDefinition(crew!) })).toMatchObject({
      status: 'completed',
      makespanMs: 3_000,
    });
    expect(JSON.stringify(crewJsonSchema())).toContain('"max_concurrent"');
  });

  test.each([
    ['of a kind that nobody plays', '{ codr: 2 }', 'VALUE_UNKNOWN', 19],
    ['of everybody', '{ "*": 2 }', 'VALUE_UNKNOWN', 19],
    ['none at all', '{ coder: 0 }', 'VALUE_RANGE', 26],
    ['half a one', '{ coder: 1.5 }', 'VALUE_TYPE', 26],
    ['of all kinds', '2', 'VALUE_TYPE', 17],
  ])('%s is found where it stands', async (_, limits, code, column) => {
    const { crew, diagnostics } = await loadCrew(file(limits), { text: true });
    expect([crew, diagnostics.map((each) => [each.code, each.line, each.column])]).toEqual([null, [[code, 1, column]]]);
  });

  test('of a kind that somebody for everything plays is no mistake; a number that is none is, in a program', async () => {
    const all = file('{ poet: 1 }').replace('kind: scripted', 'personas: "*", kind: scripted');
    expect((await loadCrew(all, { text: true })).crew?.maxConcurrent).toEqual({ poet: 1 });
    expect(() => createCrew({ maxConcurrent: { coder: 0 } })).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });

  test('is never passed, whoever plays it and however tasks end, and everything has its turn', async () => {
    const kinds = ['a', 'b', 'c'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.record({ a: fc.integer({ min: 1, max: 3 }), b: fc.integer({ min: 1, max: 3 }) }),
        fc.array(fc.record({ kind: fc.constantFrom(...kinds), turns: fc.nat({ max: 4 }), breaks: fc.boolean(), cancelled: fc.boolean() }), {
          maxLength: 30,
        }),
        async (limits, tasks) => {
          const atWork = new Map<string, number>();
          const ended = new Set<string>();
          const plays = (id: string) => ({
            id,
            async perform(given: { persona: string | null; attempt: number }) {
              const kind = given.persona ?? '';
              atWork.set(kind, (atWork.get(kind) ?? 0) + 1);
              if (kind !== 'c') expect(atWork.get(kind)).toBeLessThanOrEqual(limits[kind as 'a' | 'b']);
              for (let turn = tasks[given.attempt]?.turns ?? 0; turn > 0; turn--) await Promise.resolve();
              atWork.set(kind, (atWork.get(kind) ?? 0) - 1);
              if (tasks[given.attempt]?.breaks) throw new Error('broke');
              return { ok: true, output: null } as const;
            },
          });
          const [one, two] = [plays('one'), plays('two')];
          const crew = createCrew({ personas: { a: [one, two], b: one, c: two }, maxConcurrent: limits });
          const dispatcher = createDispatcher({
            crew,
            maxConcurrentTasks: 7,
            now: () => 0,
            sleep: () => new Promise(() => {}),
            report: ({ key }) => ended.add(key),
            queued() {},
            started() {},
            progress() {},
          });
          const keys = tasks.map(({ kind }, attempt) => {
            const key = `r/s#${attempt}`;
            const given = { key, run: 'r', step: 's', attempt, name: 's', type: 't', persona: kind, params: {}, timeoutMs: null };
            dispatcher.start(given);
            return key;
          });
          for (const [at, { cancelled }] of tasks.entries())
            if (cancelled && dispatcher.cancel(keys[at] ?? '', 'no')) ended.add(keys[at] ?? '');
          for (let turn = 0; turn < 200 && (ended.size < keys.length || dispatcher.inFlight() > 0); turn++) await Promise.resolve();
          await new Promise((resolve) => setImmediate(resolve));
          expect([ended.size, dispatcher.inFlight(), dispatcher.waiting()]).toEqual([keys.length, 0, 0]);
          await dispatcher.stop(0);
          await crew.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
