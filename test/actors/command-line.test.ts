import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandEnvironment } from '../../src/actors/programs/command-environment.ts';
import { commandLine } from '../../src/actors/programs/command-line.ts';
import { aTask } from './work.ts';

const rendered = (command: string[], params = {}): readonly string[] => commandLine('a', command).render(aTask({ params })).args;

describe('the argument list of a command', () => {
  it('a value becomes exactly one argument, as text, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        fc.pre(!value.includes('\0'));
        expect(rendered(['x', '--', '{{params.value}}', '--v={{params.value}}'], { value })).toEqual(['--', value, `--v=${value}`]);
      }),
    );
  });

  it('a value that stands alone never becomes an option', () => {
    fc.assert(
      fc.property(fc.string(), (rest) => {
        fc.pre(!rest.includes('\0'));
        expect(() => rendered(['x', '{{params.value}}'], { value: `-${rest}` })).toThrow(/take it for an option/);
        expect(() => rendered(['x', '{{params.value}}', '--'], { value: `-${rest}` })).toThrow(
          expect.objectContaining({ code: 'AGENT_FAILED', retryable: false }),
        );
      }),
    );
  });

  it('only a literal -- ends the options', () => {
    expect(() => rendered(['x', '{{params.dashes}}', '{{params.value}}'], { dashes: '--', value: '-f' })).toThrow(/option/);
    expect(() => rendered(['x', '{{params.value}}'], { value: -5 })).toThrow(/option/);
    expect(rendered(['x', '--', '{{params.value}}'], { value: '-f' })).toEqual(['--', '-f']);
  });

  it('scalars become text, structures JSON, the task is at hand', () => {
    const params = { n: 1.5, b: true, o: { a: [1] } };
    expect(
      rendered(['x', '{{params.n}}', '{{params.b}}', '{{params.o}}', 'k={{key}}', '{{run}}', '{{task.step}}', '{{attempt}}'], params),
    ).toEqual(['1.5', 'true', '{"a":[1]}', 'k=run/step#1', 'run', 'step', '1']);
  });

  it.each([
    [null, /is null/],
    ['a\0b', /NUL/],
    [undefined, /missing|unknown/],
  ])('the value %j is refused', (value, message) => {
    expect(() => rendered(['x', '{{params.value}}'], { value })).toThrow(message);
  });

  it.each([
    [[], /must be named literally/],
    [[''], /must be named literally/],
    [['{{params.program}}'], /must be named literally/],
    [['/bin/{{params.program}}'], /must be named literally/],
    [['x', '--{{params.flag}}'], /name of an option/],
    [['x', '-{{params.flag}}=1'], /name of an option/],
    [['x', '{{params.a}}{{params.b}}'], /stand alone/],
    [['x', '{{params.a}}.json'], /stand alone/],
    [['x', '{{params.a'], /template cannot be read/],
    [['x', 'v={{ a + }}'], /template cannot be read/],
    [['x', 'a\0b'], /NUL/],
  ])('%j is refused when the agent is made', (command, message) => {
    expect(() => commandLine('a', command)).toThrow(message);
    expect(() => commandLine('a', command)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });

  it('messages show the command as it was written, never its values', () => {
    const line = commandLine('a', ['git', 'commit', '-m', '{{params.message}}', 'two words']);
    expect(line.shown).toBe('git commit -m {{params.message}} "two words"');
    expect(commandLine('a', ['x', 'y'.repeat(500)]).shown.length).toBeLessThan(130);
  });
});

describe('the environment of a command', () => {
  it.each([[['A B']], [['=x']], [{ 'a=b': 'x' }], [['X=a\0b']], [['TROUPE_RUN=x']], [{ TROUPE_MARK: '' }]])('%j is refused', (env) => {
    expect(() => commandEnvironment('a', env as never)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });

  it('a command inside a command carries both marks', () => {
    const before = process.env.TROUPE_MARK;
    process.env.TROUPE_MARK = 'outer';
    expect(commandEnvironment('a')(aTask(), 'inner').TROUPE_MARK).toBe('outer inner');
    delete process.env.TROUPE_MARK;
    expect(commandEnvironment('a')(aTask(), 'inner').TROUPE_MARK).toBe('inner');
    if (before !== undefined) process.env.TROUPE_MARK = before;
  });
});
