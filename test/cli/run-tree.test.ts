import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runTree } from '../../src/cli/rendering/run-tree.ts';
import { stepLines } from '../../src/cli/rendering/step-lines.ts';
import { stepWindow } from '../../src/cli/rendering/step-window.ts';
import { displayWidth } from '../../src/cli/text/display-width.ts';
import { createPaint } from '../../src/cli/text/paint.ts';
import { anyStep, anyView, aStep, aView, completedStep, NOON } from './some-views.ts';

const plain = createPaint(false);
const now = NOON + 12_300;
const PAINT = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const STEPS = [
  completedStep('planning', 2_100, { persona: 'implementation-planner' }),
  aStep('implementation', {
    persona: 'lead-engineer',
    state: 'backingOff',
    attempts: 2,
    startedAt: NOON + 2_100,
    why: 'attempt 2 failed (connection lost) and is tried again after a pause of 1s',
  }),
  aStep('reviews', { type: 'parallel', why: 'waits for implementation' }),
  aStep('code-review', { persona: 'code-reviewer', depth: 1 }),
  aStep('release/deploy', { persona: 'operator', depth: 1, state: 'skipped', outcome: 'skipped', startedAt: NOON, endedAt: NOON }),
];

describe('steps as lines', () => {
  it('show state, persona, attempt, time, and why a step stands where it stands', () => {
    expect(stepLines(STEPS, { width: 110, now, paint: plain })).toEqual([
      '✓ planning        completed    implementation-planner              2.1 s',
      '↻ implementation  backing off  lead-engineer           attempt 2  10.2 s  attempt 2 failed (connection lost)…',
      '○ reviews         pending                                                 waits for implementation',
      '○   code-review   pending      code-reviewer',
      '–   deploy        skipped      operator',
    ]);
  });

  it('give up the persona first, then the attempt, then the time, then the ends of ids', () => {
    const at = (width: number) => stepLines(STEPS.slice(1, 2), { width, now, paint: plain })[0];
    expect(at(48)).toBe('↻ implementation  backing off  attempt 2  10.2 s');
    expect(at(40)).toBe('↻ implementation  backing off  10.2 s');
    expect(at(32)).toBe('↻ implementation  backing off');
    expect(at(27)).toBe('↻ implementat…  backing off');
    expect(at(10)).toBe('↻ impleme…');
  });

  it('show what an agent at work said last', () => {
    const steps = [aStep('qa', { state: 'attempting', startedAt: now - 340, attempts: 1, why: 'attempt 1 is with persona tester' })];
    const notes = new Map([['qa', 'running\n12 tests']]);
    expect(stepLines(steps, { width: 80, now, paint: plain, notes })).toEqual(['● qa  attempting  0.3 s  running 12 tests']);
  });

  it('are never wider than they may be, hold no control characters, and no colour where none is wanted', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 8 }), fc.integer({ min: 4, max: 160 }), (steps, width) => {
        for (const line of stepLines(steps, { width, now, paint: plain })) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
        expect(stepLines(steps, { width, now, paint: createPaint(true) }).map((line) => line.replace(PAINT, '').trimEnd())).toEqual(
          stepLines(steps, { width, now, paint: plain }),
        );
      }),
    );
  });
});

describe('the window on many steps', () => {
  it('keeps what works, what failed, what ended last and what comes next, in the order of the workflow', () => {
    const steps = [
      completedStep('old', 10),
      completedStep('recent', 900),
      aStep('works', { state: 'attempting', startedAt: NOON }),
      aStep('broken', { state: 'failed', outcome: 'failed', endedAt: NOON }),
      aStep('next'),
      aStep('later'),
    ];
    const shown = (count: number) => stepWindow(steps, count).shown.map(({ path }) => path);
    expect(shown(1)).toEqual(['works']);
    expect(shown(2)).toEqual(['works', 'broken']);
    expect(shown(3)).toEqual(['recent', 'works', 'broken']);
    expect(shown(5)).toEqual(['old', 'recent', 'works', 'broken', 'next']);
  });

  it('shows and hides every step once', () => {
    fc.assert(
      fc.property(fc.array(anyStep), fc.nat(50), (steps, count) => {
        const { shown, hidden } = stepWindow(steps, count);
        expect(shown.length).toBe(Math.min(count, steps.length));
        expect(new Set([...shown, ...hidden])).toEqual(new Set(steps));
        expect(shown.length + hidden.length).toBe(steps.length);
      }),
    );
  });
});

describe('the tree', () => {
  it('has a line about the run, its steps, and a count of what is not shown', () => {
    expect(runTree([aView(STEPS)], { width: 100, height: 4, now, paint: plain })).toEqual([
      '● project-loop  k7f3q2m9xw  running  2/5 steps  12.3 s',
      '  ✓ planning        completed    implementation-planner              2.1 s',
      '  ↻ implementation  backing off  lead-engineer           attempt 2  10.2 s  attempt 2 failed (conne…',
      '  … and 3 more: 1 skipped, 2 pending',
    ]);
  });

  it('is never wider nor higher than the terminal, however many runs there are', () => {
    fc.assert(
      fc.property(
        fc.array(anyView, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 4, max: 120 }),
        (views, height, width) => {
          const lines = runTree(views, { width, height, now, paint: plain });
          expect(lines.length).toBeLessThanOrEqual(height);
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
