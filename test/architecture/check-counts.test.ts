import { describe, expect, it } from 'vitest';
import { countsLine, countTests } from '../../scripts/check/test-counts.ts';

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((each) => ({ status: each })) });

describe('the count of tests', () => {
  it('is the report’s own when every file could be loaded', () => {
    const testResults = [file('passed', 'passed', 'passed'), file('failed', 'failed', 'passed')];
    expect(countTests({ numPassedTests: 3, numFailedTests: 1, success: false, testResults })).toEqual({ passed: 3, failed: 1 });
  });

  it('never calls a failed run clean: a file that does not load and an error outside of tests are failures', () => {
    expect(
      countTests({ numPassedTests: 1, numFailedTests: 0, success: false, testResults: [file('passed', 'passed'), file('failed')] }).failed,
    ).toBe(1);
    expect(countTests({ numPassedTests: 1, numFailedTests: 0, success: false, testResults: [file('passed', 'passed')] }).failed).toBe(1);
    expect(countTests({ numPassedTests: 1, numFailedTests: 0, success: true, testResults: [file('passed', 'passed')] }).failed).toBe(0);
  });

  it('reads as one plain line', () => {
    expect(countsLine({ passed: 12, failed: 0 })).toBe('12 passed, 0 failed');
  });
});
