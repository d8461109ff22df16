import { describe, expect, it } from 'vitest';
import { errorReport } from '../../src/cli/failure/error-report.ts';
import { EXIT, exitCodeOfFailure, worstOf } from '../../src/cli/failure/exit-code.ts';
import { InvalidFiles } from '../../src/cli/failure/invalid-files.ts';
import { Refusal, usage } from '../../src/cli/failure/refusal.ts';
import { errorText } from '../../src/cli/rendering/error-text.ts';
import { createPaint } from '../../src/cli/text/paint.ts';
import { type Diagnostic, type ErrorCode, TroupeError } from '../../src/index.ts';

const problem = (code: Diagnostic['code'], severity: Diagnostic['severity'] = 'error'): Diagnostic => ({
  file: 'workflow.yml',
  line: 1,
  column: 1,
  severity,
  code,
  message: 'no',
});

describe('exit codes', () => {
  it('are the numbers that scripts rely on', () => {
    expect(EXIT).toEqual({
      ok: 0,
      failed: 1,
      usage: 2,
      invalid: 3,
      waiting: 4,
      notFound: 5,
      store: 6,
      unavailable: 7,
      timedOut: 124,
      interrupted: 130,
    });
  });

  it.each([
    ['DEFINITION_INVALID', 3],
    ['RUN_NOT_FOUND', 5],
    ['RUN_ENDED', 2],
    ['RUN_UNDER_WAY', 2],
    ['RUN_EXISTS', 2],
    ['STORE_LOCKED', 6],
    ['STORE_DAMAGED', 6],
    ['STORE_FULL', 6],
    ['STORE_FORMAT', 6],
    ['REPLAY_DIVERGED', 6],
    ['AGENT_UNAVAILABLE', 7],
    ['INTERNAL', 1],
  ] as [ErrorCode, number][])('%s ends with %i', (code, exitCode) => {
    expect(errorReport(new TroupeError(code, 'no')).exitCode).toBe(exitCode);
  });

  it('a mistyped command ends with 2, a missing file with 5, anything unforeseen with 1', () => {
    expect(errorReport(usage('no')).exitCode).toBe(2);
    expect(errorReport(new Refusal('FILE_NOT_FOUND', 'no')).exitCode).toBe(5);
    expect(errorReport(new TypeError('x is not a function')).exitCode).toBe(1);
    expect(errorReport(null).exitCode).toBe(1);
  });

  it('a file with errors ends with 3; one that only asks for somebody who is not there with 7', () => {
    expect(errorReport(new InvalidFiles([problem('PERSONA_UNKNOWN'), problem('KEY_UNKNOWN')])).exitCode).toBe(3);
    expect(errorReport(new InvalidFiles([problem('PERSONA_UNKNOWN'), problem('UNIT_SUSPICIOUS', 'warning')])).exitCode).toBe(7);
  });

  it('a run that failed for want of somebody to do the work ends with 7, however deep that is wrapped', () => {
    const cause = { code: 'AGENT_UNAVAILABLE', message: 'nobody' };
    expect(exitCodeOfFailure({ code: 'STEP_FAILED', cause: { code: 'STEP_FAILED', cause } })).toBe(7);
    expect(exitCodeOfFailure({ code: 'AGENT_FAILED' })).toBe(1);
    expect(exitCodeOfFailure(null)).toBe(1);
  });

  it('of several runs the one that needs a person most decides', () => {
    expect(worstOf([])).toBe(0);
    expect(worstOf([0, 4, 0])).toBe(4);
    expect(worstOf([4, 1])).toBe(1);
    expect(worstOf([1, 130, 4])).toBe(130);
  });
});

describe('errors for people', () => {
  it('say what happened, where, why, what next, and a stable code, without anything that moves a cursor', () => {
    const thrown = new TroupeError('STORE_DAMAGED', 'the journal is\ndamaged\u001b[2J', {
      where: 'journal:3',
      hint: 'restore it',
      cause: new Error('bad checksum'),
    });
    expect(errorText(errorReport(thrown).error, createPaint(false))).toBe(
      ['troupe: the journal is damaged·[2J (STORE_DAMAGED)', '  where: journal:3', '  why:   bad checksum', '  next:  restore it'].join(
        '\n',
      ),
    );
  });
});
