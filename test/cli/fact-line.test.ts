import { describe, expect, it } from 'vitest';
import { endsRun, factLine } from '../../src/cli/rendering/fact-line.ts';
import { createPaint } from '../../src/cli/text/paint.ts';
import type { Batch } from '../../src/index.ts';
import { NOON } from './some-views.ts';

const at = NOON;
const about = { at, step: 'qa', attempt: 2 };
const started = { type: 'run.started', at, format: 1, workflow: 'w', definition: 'd', variables: {}, seed: 1, maxConcurrency: 5 } as const;

describe('a fact as a line', () => {
  const cases: [Batch['fact'], string][] = [
    [{ ...started, input: {} }, 'run of w started'],
    [{ ...started, input: { task: 'x' } }, 'run of w started with {"task":"x"}'],
    [{ type: 'task.completed', ...about, output: { files: ['a'] } }, 'qa#2 completed {"files":["a"]}'],
    [{ type: 'task.completed', ...about, output: null, variables: { n: 1 } }, 'qa#2 completed and sets {"n":1}'],
    [
      { type: 'task.failed', ...about, thrown: true, error: { code: 'AGENT_FAILED', message: 'lost\nagain' } },
      'qa#2 broke: AGENT_FAILED: lost again',
    ],
    [{ type: 'task.failed', ...about, thrown: false, error: { code: 'AGENT_FAILED', message: 'red' } }, 'qa#2 failed: AGENT_FAILED: red'],
    [{ type: 'task.queued', ...about }, 'qa#2 waits for a free agent'],
    [{ type: 'task.started', ...about }, 'qa#2 has its agent'],
    [{ type: 'timer.due', at }, 'a timer was due'],
    [{ type: 'signal.received', at, name: 'go', payload: { ok: true } }, 'signal go received {"ok":true}'],
    [{ type: 'run.cancel_requested', at, reason: 'enough' }, 'cancel requested: enough'],
    [{ type: 'run.paused', at }, 'paused'],
    [{ type: 'run.resumed', at }, 'unpaused'],
    [{ type: 'run.retried', at, again: ['qa', 'ship'] }, 'goes on; again: qa, ship'],
    [{ type: 'budget.raised', at, budget: { '': 1500, build: 20 } }, 'given: 1,500 tokens more for the run, 20 tokens more for build'],
    [{ type: 'definition.adopted', at, definition: '0123456789abcdef' }, 'goes on by the definition 0123456789ab'],
    [
      { ...started, input: {}, origin: { run: 'r', at: 4, changes: [] }, kept: [] },
      'run of w started as a fork of r after fact 4; kept: 0',
    ],
    [{ type: 'run.recovered', at, interrupted: ['qa#2'] }, 'taken up by a new process; interrupted: qa#2'],
  ];

  it.each(cases)('%j', (fact, sentence) => {
    expect(factLine({ n: 7, fact, intents: [] }, createPaint(false))).toBe(`   7  12:03:04  ${sentence}`);
  });

  it('says what the fact made the run ask for', () => {
    const batch: Batch = {
      n: 12,
      fact: { type: 'timer.due', at },
      intents: [
        ['task.cancel', 'qa#1', 0],
        ['task.start', 'qa#2', 5],
      ],
    };
    expect(factLine(batch, createPaint(false))).toBe('  12  12:03:04  a timer was due  → withdraws qa#1, starts qa#2');
    expect(endsRun(batch)).toBe(false);
    expect(endsRun({ ...batch, intents: [['run.end', 'completed', 0]] })).toBe(true);
  });

  it('cuts payloads that are long', () => {
    const fact = { type: 'task.completed', ...about, output: 'x'.repeat(1000) } as const;
    expect(factLine({ n: 0, fact, intents: [] }, createPaint(false)).length).toBeLessThan(120);
  });
});
