import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CrewParts } from '../../src/actors/crews/crew-parts.ts';
import type { Agent } from '../../src/protocol/agent.ts';

const agents: readonly Agent[] = ['a', 'b', 'c', 'd'].map((id) => ({ id, perform: async () => ({ ok: true, output: null }) }));
const move = fc.record({ joins: fc.boolean(), part: fc.constantFrom('x', 'y'), who: fc.constantFrom(...agents) });

/** The same, told plainly. */
function moved(model: Map<string, Agent[]>, { joins, part, who }: { joins: boolean; part: string; who: Agent }): Map<string, Agent[]> {
  if (joins) return model.get(part)?.includes(who) === true ? model : new Map([...model, [part, [...(model.get(part) ?? []), who]]]);
  const left = [...model].map(([name, cast]) => [name, cast.filter((each) => each !== who)] as const);
  return new Map(left.filter(([, cast]) => cast.length > 0).map(([name, cast]) => [name, cast]));
}

test('a part has those who joined and have not left, in that order, and is the same list until somebody joins or leaves', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
      const parts = new CrewParts();
      let model = new Map<string, Agent[]>();
      for (const each of moves) {
        const before = parts.cast(each.part);
        const wasIn = parts.has(each.part, each.who);
        if (each.joins) parts.join(each.part, each.who);
        else parts.leave(each.who);
        model = moved(model, each);
        expect(parts.cast(each.part) === before).toBe(each.joins === wasIn);
        expect(parts.names().map((name) => [name, parts.cast(name)])).toEqual([...model]);
      }
    }),
  );
});
