import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProgressAccount } from '../../src/actors/dispatch/progress-account.ts';
import { checkedProgress } from '../../src/actors/dispatch/progress-check.ts';
import { lineDirective } from '../../src/actors/programs/line-directive.ts';
import type { ProgressReport } from '../../src/protocol/agent.ts';

const aReport: fc.Arbitrary<ProgressReport> = fc.record(
  {
    percent: fc.oneof(fc.integer({ min: -50, max: 150 }), fc.constant(Number.NaN)),
    phase: fc.constantFrom(null, 'plan', 'build'),
    blocked: fc.constantFrom(null, 'no licence'),
  },
  { requiredKeys: [] },
);

describe('progress', () => {
  it.each([[undefined], [null], [[]], [{ percent: 'x' }], [{ percent: Number.NaN }], [{ foo: 1 }], [{ phase: 3 }]])(
    'is refused as %j, with what is expected',
    (report) => {
      const refusal = { code: 'AGENT_OUTPUT_INVALID', hint: expect.stringContaining('percent, phase, blocked') };
      expect(() => checkedProgress(report as never)).toThrow(expect.objectContaining(refusal));
    },
  );

  it('stays within 0 to 100 and never falls; what is left out stays as it was', () => {
    fc.assert(
      fc.property(fc.array(aReport), (reports) => {
        const account = new ProgressAccount([]);
        let before: ReturnType<ProgressAccount['take']>['progress'] = { percent: null, phase: null, blocked: null };
        for (const report of reports) {
          const { progress } = account.take(report);
          if (progress.percent !== null) {
            expect(progress.percent).toBeGreaterThanOrEqual(before.percent ?? 0);
            expect(progress.percent).toBeLessThanOrEqual(100);
          }
          expect(progress.phase).toBe(report.phase === undefined ? before.phase : report.phase);
          expect(progress.blocked).toBe(report.blocked === undefined ? before.blocked : report.blocked);
          before = progress;
        }
      }),
    );
  });

  it('matters at each checkpoint once, and wherever phase or blocked change', () => {
    fc.assert(
      fc.property(fc.array(aReport), fc.uniqueArray(fc.integer({ min: 1, max: 100 })), (reports, checkpoints) => {
        const account = new ProgressAccount(checkpoints);
        const passed = new Set<number>();
        let before: ReturnType<ProgressAccount['take']>['progress'] = { percent: null, phase: null, blocked: null };
        for (const report of reports) {
          const { progress, matters } = account.take(report);
          const now = checkpoints.filter((each) => progress.percent !== null && each <= progress.percent && !passed.has(each));
          for (const each of now) passed.add(each);
          expect(matters).toBe(now.length > 0 || progress.phase !== before.phase || progress.blocked !== before.blocked);
          before = progress;
        }
      }),
    );
  });
});

it.each<[line: string, report: ProgressReport | null]>([
  ['::troupe progress 40', { percent: 40 }],
  ['::troupe progress 12.5', { percent: 12.5 }],
  ['::troupe progress much', null],
  ['::troupe progress', null],
  ['::troupe phase compiling it all', { phase: 'compiling it all' }],
  ['::troupe phase', { phase: null }],
  ['::troupe blocked no licence', { blocked: 'no licence' }],
  ['::troupe unblocked', { blocked: null }],
  ['::troupe write key 1', null],
  [' ::troupe progress 40', null],
  ['progress 40', null],
])('the line %j reports %j', (line, report) => expect(lineDirective(line)).toEqual(report));
