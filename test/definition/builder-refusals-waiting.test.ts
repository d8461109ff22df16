// What cannot hold of people, phases and waits, and what is misspelt anywhere, is refused with the code it has in a file.
import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../src/definition/builder.ts';
import { errorData } from '../../src/protocol/errors.ts';

/** A builder as a program without types uses it. */
type Untyped = {
  [Method in 'step' | 'parallel' | 'phase' | 'approval' | 'sleep' | 'waitForSignal' | 'vote' | 'map' | 'choice']: (
    id: string,
    options: object,
    body?: (steps: Untyped) => Untyped,
  ) => Untyped;
} & { build: () => unknown };

const untyped = (head: object = {}) => (defineWorkflow({ name: 'x', ...head }) as unknown as Untyped).step('a', { persona: 'p' });
const p = { persona: 'p' };
const one = (members: Untyped) => members.step('m', p);
const number = { type: 'number' };

function told(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    const { code, message, details, hint = '' } = errorData(error);
    return `${code} ${JSON.stringify(details?.codes ?? [])} ${message} ${hint}`;
  }
  return 'no problem';
}

describe('refused', () => {
  it.each<[string, (workflow: Untyped) => Untyped, string]>([
    ['an approval that asks nothing', (w) => w.approval('q', {}), 'FORM_MISSING'],
    ['values without a form', (w) => w.approval('q', { subject: 'x', values: 1 }), 'FORM_MISSING'],
    ['values that the form does not take', (w) => w.approval('q', { form: number, values: 'x' }), 'VALUE_TYPE'],
    ['a form that is none', (w) => w.approval('q', { form: { type: 'nubmer' } }), 'SCHEMA_INVALID'],
    ['a silence that says nothing', (w) => w.approval('q', { subject: 'x', onTimeout: 'reject' }), 'DECLARATION_CONFLICT'],
    ['a silence that approves nothing', (w) => w.approval('q', { form: number, timeout: 1, onTimeout: 'approve' }), 'DECLARATION_CONFLICT'],
    ['due when it is over', (w) => w.approval('q', { subject: 'x', due: '2h', timeout: '1h' }), 'DECLARATION_CONFLICT'],
    [
      'asked when it is over',
      (w) => w.approval('q', { subject: 'x', escalate: [{ to: 'b', after: '2h' }], timeout: '1h' }),
      'DECLARATION_CONFLICT',
    ],
    ['more who approve than are asked', (w) => w.approval('q', { subject: 'x', assignee: ['b', 'b'], quorum: 2 }), 'QUORUM_IMPOSSIBLE'],
    ['half who approve', (w) => w.approval('q', { subject: 'x', quorum: 0.5 }), 'VALUE_RANGE'],
    ['reminders without end', (w) => w.approval('q', { subject: 'x', remind: { every: '1s', times: 1e9 } }), 'VALUE_RANGE'],
    ['reminders at once', (w) => w.approval('q', { subject: 'x', remind: 0 }), 'VALUE_RANGE'],
    ['nobody', (w) => w.approval('q', { subject: 'x', assignee: '' }), 'VALUE_TYPE'],
    ['a subject that reads what is not there', (w) => w.approval('q', { subject: '{{steps.aa}}' }), 'NAME_UNKNOWN'],
    ['a sleep without an end', (w) => w.sleep('s', {}), 'KEY_MISSING'],
    ['a sleep with two ends', (w) => w.sleep('s', { for: '1h', until: 0 }), 'DECLARATION_CONFLICT'],
    ['a sleep that may never end', (w) => w.sleep('s', { until: 'steps.a.ok' }), 'KEY_MISSING'],
    ['a moment without its zone', (w) => w.sleep('s', { until: '2027-01-31T09:00:00' }), 'VALUE_UNKNOWN'],
    ['a condition of a sleep that is none', (w) => w.sleep('s', { for: 1, until: '1 +' }), 'EXPRESSION_INVALID'],
    ['a signal without a name of its own', (w) => w.waitForSignal('s', { signal: 'x{{a}}' }), 'VALUE_UNKNOWN'],
    ['a rate over 1', (w) => w.phase('ph', { gate: { rate: 1.5 } }, one), 'VALUE_RANGE'],
    ['fewer rounds than none', (w) => w.phase('ph', { feedback: { to: 'a', max: -1 } }, one), 'FEEDBACK_TARGET","VALUE_RANGE'],
    ['rounds of a gate that makes none', (w) => w.phase('ph', { gate: { max: 2 } }, one), 'DECLARATION_CONFLICT'],
    ['a score that is none', (w) => w.phase('ph', { gate: { scores: { 'm.x': 'high' } } }, one), 'VALUE_TYPE'],
    ['a score of nobody', (w) => w.phase('ph', { gate: { scores: { 'mm.x': 1 } } }, one), 'NAME_UNKNOWN'],
    ['a rate beside a quorum', (w) => w.phase('ph', { gate: { rate: 1 }, waitFor: 'any' }, one), 'DECLARATION_CONFLICT'],
    ['findings of nobody', (w) => w.phase('ph', { feedback: { to: 'a', findings: 'mm.x' } }, one), 'FEEDBACK_TARGET","NAME_UNKNOWN'],
    ['a check that is none', (w) => w.phase('ph', { gate: { check: '1 +' } }, one), 'EXPRESSION_INVALID'],
    ['work that goes back to what is no phase', (w) => w.phase('ph', { after: 'a', feedback: { to: 'a' } }, one), 'FEEDBACK_TARGET'],
    [
      'work that goes back to what need not have ended',
      (w) => w.phase('p1', {}, one).phase('p2', { feedback: { to: 'p1' } }, (s) => s.step('n', p)),
      'FEEDBACK_TARGET',
    ],
    ['members that are none', (w) => w.parallel('g', {}), 'VALUE_TYPE'],
    ['a phase that says nothing of members', (w) => w.phase('g', {}), 'VALUE_TYPE'],
    ['a map without a body', (w) => w.map('g', { over: '[1]' }), 'VALUE_TYPE'],
    ['a branch that is none', (w) => w.choice('g', { condition: 'true', then: [] }), 'VALUE_TYPE'],
  ])('%s', (_what, add, code) => {
    expect(told(() => add(untyped()).build())).toMatch(new RegExp(`^DEFINITION_INVALID \\["${code}"\\]`, 'u'));
  });

  it('terms of oversight that say nothing', () => {
    expect(told(() => untyped({ oversight: { onTimeout: 'approve' } }).build())).toContain('["DECLARATION_CONFLICT"]');
  });
});

describe('what is misspelt is told with what was probably meant', () => {
  it.each<[string, () => unknown, string]>([
    ['in the head', () => untyped({ varaibles: {} }), 'did you mean "variables"?'],
    ['in the defaults', () => untyped({ defaults: { timout: 1 } }), '"timout" of "defaults" of "x" did you mean "timeout"?'],
    ['in retries', () => untyped().step('b', { ...p, retries: { maxx: 1 } }), '"maxx" of "retries" of "b" did you mean "max"?'],
    ['in needs', () => untyped().step('b', { ...p, needs: { memory: 1 } }), 'of "needs" of "b"'],
    ['in a compensation', () => untyped().step('b', { ...p, compensate: { personna: 'q' } }), 'did you mean "persona"?'],
    ['in one of several edges', () => untyped().step('b', { ...p, after: ['a', { step: 'a', wen: 'true' }] }), 'did you mean "when"?'],
    ['in a gate', () => untyped().phase('g', { gate: { rte: 1 } }, one), 'did you mean "rate"?'],
    ['in feedback', () => untyped().phase('g', { feedback: { to: 'a', finding: 'x' } }, one), 'did you mean "findings"?'],
    ['in conflicts', () => untyped().parallel('g', { conflicts: { lader: [] } }, one), 'did you mean "ladder"?'],
    ['in a link', () => untyped().approval('q', { subject: 'x', escalate: [{ to: 'b', afer: 1 }] }), 'did you mean "after"?'],
    ['in reminders', () => untyped().approval('q', { subject: 'x', remind: { evry: 1 } }), 'did you mean "every"?'],
    ['in the terms of oversight', () => untyped({ oversight: { asignee: 'b' } }), 'did you mean "assignee"?'],
    ['in a judge', () => untyped().vote('v', { ...p, voters: 2, judge: { person: 'q' } }), 'did you mean "persona"?'],
    ['a word of a group', () => untyped().parallel('g', { waitFor: 'quorm' }, one), 'cannot be "quorm" did you mean "quorum"?'],
    ['a word of a file', () => untyped({ onFailure: 'continu' }), 'did you mean "continue"?'],
    ['a rung', () => untyped().parallel('g', { conflicts: { ladder: ['gided'] } }, one), 'did you mean "guided"?'],
    ['a word of a gate', () => untyped().phase('g', { gate: { onFailure: 'rewrk' } }, one), 'did you mean "rework"?'],
    ['a word of an edge', () => untyped().step('b', { ...p, after: { step: 'a', kind: 'sft' } }), 'did you mean "soft"?'],
    ['how critical it is', () => untyped().step('b', { ...p, criticality: 'hihg' }), 'did you mean "high"?'],
    ['how closely it is watched', () => untyped({ oversight: 'suprevised' }), 'did you mean "supervised"?'],
    ['a strategy', () => untyped().step('b', { ...p, retries: { max: 1, strategy: 'fixd' } }), 'did you mean "fixed"?'],
  ])('%s', (_where, build, hint) => {
    expect(told(build)).toContain('DEFINITION_INVALID');
    expect(told(build)).toContain(hint);
  });
});
