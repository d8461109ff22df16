import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classify } from '../../src/policy/failure-class.ts';
import { FAILURE_KINDS, KIND_TERMS, PLACES, SEVERITIES } from '../../src/policy/failure-kinds.ts';
import { type ErrorCode, type ErrorData, errorData } from '../../src/protocol/errors.ts';
import type { JsonObject } from '../../src/protocol/json.ts';
import { ROOT, readPage, table } from '../docs/page.ts';

const CODES = Array.from(
  readFileSync(join(ROOT, 'src/protocol/errors.ts'), 'utf8').matchAll(/^ {2}\| '([A-Z_]+)'/gmu),
  ([, code = '']) => code as ErrorCode,
);

const json = fc.jsonValue() as fc.Arbitrary<never>;
const anyError: fc.Arbitrary<ErrorData> = fc.letrec<{ error: ErrorData }>((tie) => ({
  error: fc.record(
    {
      code: fc.oneof(fc.constantFrom(...CODES), fc.string() as fc.Arbitrary<ErrorCode>),
      message: fc.string(),
      retryable: fc.boolean(),
      details: fc.dictionary(fc.constantFrom('kind', 'severity', 'status', 'statusCode', 'system', 'code', 'other'), json),
      cause: tie('error'),
    },
    { requiredKeys: ['code', 'message'] },
  ),
})).error;

const failed = (details?: JsonObject, more: Partial<ErrorData> = {}): ErrorData => ({
  code: 'AGENT_FAILED',
  message: 'it failed',
  ...(details === undefined ? {} : { details }),
  ...more,
});

test('every code has its place, and no place is without its code', () => {
  expect(Object.keys(PLACES).sort()).toEqual([...CODES].sort());
});

test('whatever an error says, it is of one kind and one severity, and always of the same', () => {
  fc.assert(
    fc.property(anyError, fc.boolean(), (error, thrown) => {
      const found = classify(error, thrown);
      expect(FAILURE_KINDS).toContain(found.kind);
      expect(SEVERITIES).toContain(found.severity);
      expect(found.causes.length).toBeLessThanOrEqual(16);
      expect(classify(structuredClone(error), thrown)).toEqual(found);
    }),
  );
});

test('an error that says whether it can be tried again is believed', () => {
  fc.assert(
    fc.property(anyError, fc.boolean(), fc.boolean(), (error, thrown, retryable) => {
      expect(classify({ ...error, retryable }, thrown).retryable).toBe(retryable);
    }),
  );
});

test('only what agents fail with is looked into: details of ours mean something else', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CODES), fc.constantFrom(...FAILURE_KINDS), (code, kind) => {
      const own = PLACES[code].kind;
      expect(classify({ code, message: '', details: { kind, status: 503 } }, true).kind).toBe(own === 'agent.error' ? kind : own);
    }),
  );
});

describe('the details of an agent', () => {
  test.each([
    [{ status: 429 }, 'resource.exhaustion'],
    [{ status: 503 }, 'external.service_failure'],
    [{ statusCode: 500 }, 'external.service_failure'],
    [{ status: 403 }, 'policy.violation'],
    [{ status: 422 }, 'validation.failure'],
    [{ status: 404 }, 'agent.error'],
    [{ status: '503' }, 'agent.error'],
    [{ system: 'ECONNREFUSED' }, 'external.service_failure'],
    [{ code: 'ENOTFOUND' }, 'external.service_failure'],
    [{ system: 'ENOSPC' }, 'resource.exhaustion'],
    [{ system: 'ENOMEM' }, 'resource.exhaustion'],
    [{ system: 'EACCES' }, 'policy.violation'],
    [{ kind: 'policy.violation', status: 503 }, 'policy.violation'],
    [{ kind: 'bad luck' }, 'agent.error'],
  ])('%j: %s', (details, kind) => expect(classify(failed(details), true).kind).toBe(kind));

  test('count where a client wraps them, too', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const error = errorData(new TypeError('fetch failed', { cause: refused }), 'AGENT_FAILED');
    expect(classify(error, true)).toEqual({
      kind: 'external.service_failure',
      severity: 'medium',
      retryable: true,
      causes: [{ code: 'AGENT_FAILED', message: 'connect ECONNREFUSED 127.0.0.1:1' }],
    });
  });

  test('say how grave it is, where they do', () => {
    expect(classify(failed({ severity: 'critical' }), false)).toMatchObject({ kind: 'agent.error', severity: 'critical' });
  });
});

test('what an agent reports is less grave than that it broke', () => {
  expect([classify(failed(), true).severity, classify(failed(), false).severity]).toEqual(['high', 'medium']);
});

describe('the documentation', () => {
  const rows = table(readPage('embedding.md'), 'failure kinds');

  test('lists every kind with its terms', () => {
    expect(rows.map(([kind = '']) => kind)).toEqual([...FAILURE_KINDS]);
    for (const [kind = '', severity, retryable] of rows) {
      const terms = KIND_TERMS[kind as keyof typeof KIND_TERMS];
      expect([kind, severity, retryable]).toEqual([kind, terms.severity, terms.retryable ? 'yes' : 'no']);
    }
  });

  test('gives every code to its kind', () => {
    const placed = rows.flatMap(([kind = '', , , codes = '']) =>
      codes
        .split(/[\s`]+/u)
        .filter(Boolean)
        .map((code) => `${code}: ${kind}`),
    );
    expect(placed.sort()).toEqual(CODES.map((code) => `${code}: ${PLACES[code].kind}`).sort());
  });
});
