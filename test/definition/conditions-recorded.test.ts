import { describe, expect, it } from 'vitest';
import { evaluateCondition } from '../../src/definition/condition.ts';
import { checkExpression } from '../../src/definition/expression-check.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { recorded, recordedDefinitions } from './recorded.ts';

interface Row {
  readonly condition: string;
  readonly variables: JsonObject;
  readonly stepOutputs: JsonObject;
  readonly expected: boolean;
}

describe('conditions as they were recorded', () => {
  it('every row gives the recorded answer', () => {
    const rows = recorded<Row[]>('conditions.json') ?? [];
    const wrong = rows.filter(
      ({ condition, variables, stepOutputs, expected }) =>
        evaluateCondition(condition, { variables, steps: stepOutputs }, { dialect: 'engine' }) !== expected,
    );
    expect(wrong).toEqual([]);
  });

  it('every condition of every recorded file is understood', () => {
    const conditions = recordedDefinitions().flatMap((text) =>
      [...text.matchAll(/^\s*condition:\s*(.+)$/gmu)].map(([, source = '']) => unquoted(source)),
    );
    const problems = conditions.filter((condition) => checkExpression(condition, 'engine').length > 0);
    expect(problems).toEqual([]);
  });
});

function unquoted(source: string): string {
  const text = source.trim();
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
