import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GateSettings } from '../../src/definition/phase-settings.ts';
import { checkGate, type GateEvidence, gateInWords } from '../../src/policy/gate.ts';

const gate = (more: Partial<GateSettings> = {}): GateSettings => ({ onFailure: 'stop', max: 3, ...more });
const evidence = (more: Partial<GateEvidence> = {}): GateEvidence => ({
  outcomes: ['completed'],
  joined: true,
  check: null,
  scores: {},
  verdict: null,
  decision: null,
  ...more,
});
const outcomes = fc.array(fc.constantFrom('completed' as const, 'failed' as const, 'skipped' as const, 'cancelled' as const), {
  maxLength: 30,
});

/** Those that people write as often as any other: of random numbers most are next to nothing. */
const rates = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
);

describe('a gate', () => {
  test('never holds below its rate, nor fails for it at or above', () => {
    fc.assert(
      fc.property(outcomes, rates, (ended, rate) => {
        const completed = ended.filter((outcome) => outcome === 'completed').length;
        const ran = completed + ended.filter((outcome) => outcome === 'failed').length;
        const { passed } = checkGate(gate({ rate }), evidence({ outcomes: ended, joined: false }));
        expect(passed).toBe(ran === 0 ? rate === 0 : completed / ran >= rate);
      }),
      { numRuns: 1_000 },
    );
  });

  test('holds only when everything that it demands does', () => {
    const whole = gate({ rate: 0.5, check: 'good', scores: { 'a.score': 8 }, persona: 'checker' });
    const good = evidence({ check: true, scores: { 'a.score': 8 }, verdict: 'pass' });
    expect(checkGate(whole, good).passed).toBe(true);
    const worse: Partial<GateEvidence>[] = [
      { outcomes: ['failed'] },
      { check: false },
      { scores: { 'a.score': 7.9 } },
      { scores: {} },
      { scores: { 'a.score': '9' } },
      { verdict: 'fail' },
      { verdict: 'unknown' },
    ];
    for (const less of worse) expect(checkGate(whole, { ...good, ...less }).passed).toBe(false);
  });

  test('without a rate needs its members joined, and does not miss who was not asked', () => {
    expect(checkGate(gate({ persona: 'checker' }), evidence()).passed).toBe(true);
    expect(checkGate(gate(), evidence({ joined: false })).passed).toBe(false);
  });

  test('says what is wanting', () => {
    const result = checkGate(
      gate({ rate: 1, scores: { 'a.score': 8 } }),
      evidence({ outcomes: ['completed', 'failed'], scores: { 'a.score': 5 } }),
    );
    expect(gateInWords(result)).toBe('1 of 2 steps completed, a rate of 1 is required; a.score is 5, at least 8 is required');
  });
});
