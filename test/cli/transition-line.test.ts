import { describe, expect, it } from 'vitest';
import { transitionLine } from '../../src/cli/rendering/transition-line.ts';
import { createPaint } from '../../src/cli/text/paint.ts';
import { classify, type RunEvent } from '../../src/index.ts';
import { NOON } from './some-views.ts';

const about = { run: 'k7f3q2m9xw', at: NOON };
const line = (event: RunEvent) => transitionLine(event, 14, createPaint(false));
const event = { id: 'k!1.0', at: NOON, source: 'qa', affected: [], priority: 'high' } as const;
const message = {
  id: 'build#1:1',
  kind: 'notify',
  from: 'build',
  to: 'qua',
  priority: 'low',
  body: 1,
  inReplyTo: null,
  deadlineMs: null,
} as const;
const error = { code: 'AGENT_FAILED', message: 'connection\nlost\u001b[2J' } as const;

describe('a transition as a line', () => {
  const cases: [RunEvent, string | null][] = [
    [{ type: 'run.started', ...about, workflow: 'project-loop' }, '12:03:04  (run)           started    project-loop  k7f3q2m9xw'],
    [{ type: 'run.recovered', ...about, interrupted: ['qa#1', 'b#2'] }, '12:03:04  (run)           resumed    again: qa#1, b#2'],
    [{ type: 'run.recovered', ...about, interrupted: [] }, '12:03:04  (run)           resumed'],
    [{ type: 'run.paused', ...about }, '12:03:04  (run)           paused'],
    [{ type: 'run.resumed', ...about }, '12:03:04  (run)           unpaused'],
    [{ type: 'run.cancelling', ...about, reason: 'enough' }, '12:03:04  (run)           cancelling  enough'],
    [{ type: 'signal.received', ...about, name: 'go' }, '12:03:04  (run)           signal     go'],
    [
      { type: 'run.trouble', ...about, error: { code: 'STORE_FULL', message: 'the disk is full' } },
      '12:03:04  (run)           trouble    STORE_FULL: the disk is full',
    ],
    [{ type: 'run.ended', ...about, status: 'completed', error: null, failedStep: null }, '12:03:04  (run)           completed'],
    [
      { type: 'run.ended', ...about, status: 'failed', error, failedStep: 'qa' },
      '12:03:04  (run)           failed     connection lost·[2J',
    ],
    [{ type: 'task.started', ...about, step: 'qa', attempt: 1, persona: 'tester' }, '12:03:04  qa              started    tester'],
    [
      { type: 'task.started', ...about, step: 'qa', attempt: 2, persona: 'tester' },
      '12:03:04  qa              started    tester  attempt 2',
    ],
    [{ type: 'task.queued', ...about, step: 'qa', attempt: 1 }, '12:03:04  qa              queued'],
    [{ type: 'task.progress', ...about, step: 'qa', attempt: 1, note: 'hm' }, null],
    [
      { type: 'message.undelivered', ...about, message, reason: 'there is no step\nqua' },
      '12:03:04  build           unheard    a message to qua: there is no step qua',
    ],
    [
      { type: 'coordination', ...about, event: { ...event, type: 'agent.blocked', data: { blocked: 'no\nlicence' } } },
      '12:03:04  qa              blocked    no licence',
    ],
    [
      { type: 'coordination', ...about, event: { ...event, type: 'conflict.detected', data: { keys: ['plan', 'style'] } } },
      '12:03:04  qa              conflict   over plan, style',
    ],
    [{ type: 'coordination', ...about, event: { ...event, type: 'handoff.ready', data: null } }, null],
    [
      { type: 'task.late', ...about, step: 'qa', attempt: 1 },
      '12:03:04  qa              late       a result of attempt 1 came too late and was not applied',
    ],
    [
      { type: 'step.retrying', ...about, step: 'implementation', attempt: 1, error, failure: null, dueAt: NOON + 1_500 },
      '12:03:04  implementation  retrying   attempt 1 failed: connection lost·[2J; again in 1.5 s',
    ],
    [
      {
        type: 'step.settled',
        ...about,
        step: 'implementation',
        outcome: 'completed',
        attempts: 2,
        startedAt: NOON - 3_100,
        error: null,
        failure: null,
        reason: null,
      },
      '12:03:04  implementation  completed  attempt 2  3.1 s',
    ],
    [
      {
        type: 'step.settled',
        ...about,
        step: 'qa',
        outcome: 'failed',
        attempts: 1,
        startedAt: NOON - 40,
        error,
        failure: classify(error, true),
        reason: null,
      },
      '12:03:04  qa              failed     40 ms  AGENT_FAILED: connection lost·[2J  (agent.error)',
    ],
    [
      {
        type: 'step.settled',
        ...about,
        step: 'qa',
        outcome: 'skipped',
        attempts: 0,
        startedAt: NOON,
        error: null,
        failure: null,
        reason: 'its condition was false: x',
      },
      '12:03:04  qa              skipped    its condition was false: x',
    ],
  ];

  it.each(cases)('%j', (event, expected) => {
    expect(line(event)).toBe(expected);
  });
});
