import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typedCount, typedDuration, typedJson, typedObject, typedRunId, typedVariables } from '../../src/cli/files/typed-values.ts';
import { newRunId } from '../../src/cli/hosting/run-id.ts';
import { Desk } from '../../src/cli/terminal/desk.ts';
import { wantsColor } from '../../src/cli/text/paint.ts';
import { programName, shellWord } from '../../src/cli/text/program-name.ts';
import { agoText, spanText } from '../../src/cli/text/time-text.ts';
import { FakeSurroundings, temporaryFolder } from './fake-surroundings.ts';

const deskIn = (cwd: string, stdin = ''): Desk => new Desk(new FakeSurroundings([], { cwd, stdin }), {});

describe('variables as typed', () => {
  it.each([
    ['n=3', { n: 3 }],
    ['version=1.10', { version: '1.10' }],
    ['id=007', { id: '007' }],
    ['on=true', { on: true }],
    ['none=null', { none: null }],
    ['text="3"', { text: '3' }],
    ['list=[1, 2]', { list: [1, 2] }],
    ['map={"a": 1}', { map: { a: 1 } }],
    ['url=https://example.org/?a=b', { url: 'https://example.org/?a=b' }],
    ['empty=', { empty: '' }],
    ['broken={"a"', { broken: '{"a"' }],
  ])('%s', (typed, expected) => {
    expect(typedVariables([typed])).toEqual(expected);
  });

  it.each(['novalue', '=x', ''])('%j is refused', (typed) => {
    expect(() => typedVariables([typed])).toThrow(/name=value/);
  });

  it('a value is the text as it was typed, or what JSON reads in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const value = typedVariables([`x=${text}`]).x;
        if (value !== text) expect(value).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('values as typed', () => {
  it('JSON comes from the command line, from a file, or from standard input', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'task.json'), '{"from": "file"}');
    expect(await typedJson(deskIn(folder), '--input', '[1]')).toEqual([1]);
    expect(await typedObject(deskIn(folder), '--input', '@task.json')).toEqual({ from: 'file' });
    expect(await typedObject(deskIn(folder, '{"from": "stdin"}'), '--input', '@-')).toEqual({ from: 'stdin' });
  });

  it('what is no JSON, no object or no file is refused with a word on what is', async () => {
    const desk = deskIn(temporaryFolder());
    await expect(typedJson(desk, '--input', '{')).rejects.toThrow('--input takes JSON');
    await expect(typedObject(desk, '--input', '[1]')).rejects.toThrow('--input takes a JSON object, not a list');
    await expect(typedObject(desk, '--input', '@nowhere.json')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('counts and durations are read, or refused', () => {
    expect(typedCount('--concurrency', '12', 1)).toBe(12);
    expect(typedDuration('--timeout', '1h30m')).toBe(5_400_000);
    for (const bad of ['0', '-1', '1.5', 'x', '1e3', '']) expect(() => typedCount('--concurrency', bad, 1)).toThrow(/whole number/);
    for (const bad of ['30', '0s', 'soon', '']) expect(() => typedDuration('--timeout', bad)).toThrow(/duration/);
  });

  it('run ids are safe in file names and cannot be taken for words of the command', () => {
    expect(typedRunId('release-1.2_x')).toBe('release-1.2_x');
    for (const bad of ['', '../x', 'a/b', '-x', 'latest', 'a b', 'x'.repeat(101)]) expect(() => typedRunId(bad)).toThrow(/--id takes/);
    for (let n = 0; n < 200; n++) expect(newRunId()).toMatch(/^[a-z][a-z2-9]{9}$/);
  });
});

describe('how things are said', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [3_120, '3.1 s'],
    [59_940, '59.9 s'],
    [59_960, '1 m 00 s'],
    [125_000, '2 m 05 s'],
    [3_720_000, '1 h 02 m'],
    [273_600_000, '3 d 04 h'],
    [-5, '0 ms'],
  ])('%i ms are %s', (ms, said) => {
    expect(spanText(ms)).toBe(said);
  });

  it('ages are rough', () => {
    expect([0, 30_000, 61_000, 7_300_000, 90_000_000].map((ms) => agoText(0, ms))).toEqual([
      'now',
      '30 seconds ago',
      '1 minute ago',
      '2 hours ago',
      '1 day ago',
    ]);
  });

  it('FORCE_COLOR outranks NO_COLOR, which outranks the terminal', () => {
    expect(wantsColor({}, true)).toBe(true);
    expect(wantsColor({}, false)).toBe(false);
    expect(wantsColor({ TERM: 'dumb' }, true)).toBe(false);
    expect(wantsColor({ NO_COLOR: '1' }, true)).toBe(false);
    expect(wantsColor({ NO_COLOR: '' }, true)).toBe(true);
    expect(wantsColor({ NO_COLOR: '1', FORCE_COLOR: '1' }, false)).toBe(true);
    expect(wantsColor({ FORCE_COLOR: '0' }, true)).toBe(false);
  });

  it('the next command begins as this one was started', () => {
    expect(programName(['node', '/usr/bin/troupe'], {}, '/a')).toBe('troupe');
    expect(programName(['node', '/a/node_modules/.bin/troupe'], { npm_command: 'exec' }, '/a')).toBe('npx troupe');
    expect(programName(['node', '/a/dist/cli.js'], {}, '/a')).toBe('node dist/cli.js');
    expect(programName(['node', '/b/dist/cli.js'], {}, '/a')).toBe('node /b/dist/cli.js');
    expect(["it's", '{}', 'a b', 'x-1.yml'].map(shellWord)).toEqual(["'it'\\''s'", "'{}'", "'a b'", 'x-1.yml']);
  });
});
