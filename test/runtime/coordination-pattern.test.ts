import { describe, expect, it } from 'vitest';
import type { CoordinationEventType } from '../../src/protocol/coordination.ts';
import { coordinationObserver } from '../../src/runtime/coordination-listeners.ts';
import { type CoordinationLog, numbered, PRIORITY_OF, tell } from '../../src/runtime/coordination-log.ts';
import { type CoordinationPattern, matching } from '../../src/runtime/coordination-pattern.ts';

const TYPES = Object.keys(PRIORITY_OF) as CoordinationEventType[];

describe('a pattern', () => {
  it.each<[CoordinationPattern, string[]]>([
    ['*', TYPES],
    ['agent.*', ['agent.started', 'agent.progress', 'agent.completed', 'agent.blocked']],
    ['handoff.ready', ['handoff.ready']],
    [
      ['context.*', 'quality.gate_failed'],
      ['context.updated', 'quality.gate_failed'],
    ],
    [['agent.started', '*'], TYPES],
  ])('%j means %j', (pattern, meant) => expect(TYPES.filter(matching(pattern)).sort()).toEqual([...meant].sort()));

  it.each<[CoordinationPattern, string | RegExp]>([
    ['agent.blockd', 'did you mean "agent.blocked"?'],
    ['agents.*', 'did you mean "agent.*"?'],
    [['*', 'handof.ready'], 'did you mean "handoff.ready"?'],
    ['', /one of agent\.started/],
    [[], /one of agent\.started/],
    [7 as never, /a list of them/],
  ])('%j, which can never match, is refused with the nearest', (pattern, hint) => {
    expect(() => matching(pattern)).toThrow(
      expect.objectContaining({ code: 'DEFINITION_INVALID', hint: typeof hint === 'string' ? hint : expect.stringMatching(hint) }),
    );
  });
});

it('nobody to listen is refused', () => {
  expect(() => coordinationObserver('*', undefined as never)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
});

it('an event is named after its fact and its place in it, and has the priority of its type', () => {
  const state: CoordinationLog = { id: 'r' };
  tell(state, { type: 'conflict.detected', source: 'g', affected: ['a', 'b'], data: { keys: ['plan'] } });
  tell(state, { type: 'quality.gate_failed', source: 'gate', affected: [], data: null });
  expect(numbered('r', 12, 5, state.coordination ?? [])).toEqual([
    { id: 'r!12.0', type: 'conflict.detected', at: 5, source: 'g', affected: ['a', 'b'], priority: 'high', data: { keys: ['plan'] } },
    { id: 'r!12.1', type: 'quality.gate_failed', at: 5, source: 'gate', affected: [], priority: 'critical', data: null },
  ]);
});
