import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { diagnosed, type Malformed } from './diagnosed.ts';

const nestedBlock = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
const bomb = `a: &a [x, x, x, x, x]\n${[...'bcdefgh'].map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]},`.repeat(5)}]`).join('\n')}\n`;
const manyAliases = `name: x\nv: &v 1\nsteps: [${'*v, '.repeat(21)}]\n`;

const FILES: readonly Malformed[] = [
  ['an empty file', '', ['1:1 FILE_EMPTY']],
  ['only a comment', '# later\n', ['1:1 FILE_EMPTY']],
  ['only white space', '\n\n   \n', ['1:1 FILE_EMPTY']],
  ['null', 'null\n', ['1:1 VALUE_TYPE']],
  ['a text at the root', 'hello\n', ['1:1 VALUE_TYPE']],
  ['a number at the root', '42\n', ['1:1 VALUE_TYPE']],
  ['a list at the root', '- name: x\n- steps: []\n', ['1:1 VALUE_TYPE']],
  ['a tab as indentation', 'name: x\nsteps:\n\t- id: a\n', ['3:1 YAML_SYNTAX']],
  ['a text that is not closed', 'name: "x\nsteps: []\n', ['3:1 YAML_SYNTAX']],
  ['a list that is not closed', 'name: x\nsteps: [a, b\n', ['3:1 YAML_SYNTAX']],
  ['a map inside a line', 'name: x\nsteps: a: b\n', ['2:8 YAML_SYNTAX']],
  ['a reserved character', 'name: @x\nsteps: []\n', ['1:7 YAML_SYNTAX']],
  ['a list after a map', 'name: x\n- id: a\n', ['2:1 YAML_SYNTAX']],
  ['a template without quotes', 'name: x\nvariables: {{task.name}}\n', ['2:13 YAML_SYNTAX']],
  ['a map as a key', 'name: x\n? {a: 1}\n: 2\n', ['2:3 YAML_SYNTAX']],
  ['a key that is missing', 'name: x\n: y\n', ['2:1 YAML_SYNTAX']],
  ['two documents', 'name: x\nsteps: []\n---\nname: y\n', ['3:1 YAML_SYNTAX']],
  ['a key twice', 'name: x\nname: y\nsteps: []\n', ['2:1 KEY_DUPLICATE']],
  ['a nested key twice', 'name: x\nsteps:\n  - id: a\n    type: persona-request\n    id: b\n', ['5:5 KEY_DUPLICATE']],
  ['a key for the prototype', 'name: x\nvariables:\n  __proto__: {admin: true}\n', ['3:3 KEY_FORBIDDEN']],
  ['a constructor as a key', '{"name": "x", "constructor": {"prototype": 1}}', ['1:15 KEY_FORBIDDEN', '1:31 KEY_FORBIDDEN']],
  ['a merge key', 'base: &base {a: 1}\nname: x\nvariables:\n  <<: *base\n', ['4:3 KEY_FORBIDDEN']],
  ['a tag of a programming language', 'name: !!js/function "x"\nsteps: []\n', ['1:7 YAML_TAG']],
  ['a tag of our own', 'name: x\nsteps: !include other.yml\n', ['2:8 YAML_TAG']],
  ['binary data', 'name: x\nvariables: {a: !!binary aGk=}\n', ['2:16 YAML_TAG']],
  ['infinity', 'name: x\nvariables: {a: .inf}\n', ['2:16 VALUE_TYPE']],
  ['an unknown alias', 'name: *nobody\n', ['1:7 YAML_SYNTAX']],
  ['an alias inside its own anchor', 'name: x\nvariables: &v\n  a: [*v]\n', ['3:7 YAML_SYNTAX']],
  ['a billion laughs', bomb, ['6:8 YAML_LIMIT']],
  ['more than 20 aliases', manyAliases, ['3:89 YAML_LIMIT']],
  ['1,000 lists inside each other', `name: x\nsteps: ${'['.repeat(1000)}\n`, ['2:71 YAML_LIMIT']],
  ['1,000 maps inside each other in one line', `name: ${'{a: '.repeat(1000)}\n`, ['1:259 YAML_LIMIT']],
  ['1,000 maps inside each other by indentation', nestedBlock, ['65:66 YAML_LIMIT']],
  ['1,000 lists by dashes', `${'- '.repeat(1000)}a\n`, ['1:129 YAML_LIMIT']],
  ['half a million brackets', '['.repeat(500_000), ['1:65 YAML_LIMIT']],
  ['65 levels through aliases', `a: &a ${'['.repeat(40)}1${']'.repeat(40)}\nb: ${'['.repeat(30)}*a${']'.repeat(30)}\n`, ['1:1 YAML_LIMIT']],
  ['control characters', 'name: x\u0000y\n', ['1:1 FILE_ENCODING']],
  ['2 MB of text', `name: x\n# ${'a'.repeat(2_097_152)}\n`, ['1:1 FILE_TOO_LARGE']],
];

describe('a file that is not well-formed', () => {
  it.each(FILES)('%s is reported where it stands', (_what, text, problems) => {
    expect(diagnosed(text)).toEqual(problems);
    expect(loadWorkflowSync(text, { text: true }).workflow).toBeNull();
  });

  it('a template without quotes is told what it needs', () => {
    const [problem] = loadWorkflowSync('name: x\nsteps:\n  - timeout: {{variables.t}}\n').diagnostics;
    expect(problem?.hint).toBe('a template needs quotes: "{{…}}"');
  });

  it('64 levels are allowed', () => {
    const text = `name: x\nvariables:\n  deep: ${'['.repeat(62)}${']'.repeat(62)}\nsteps: [{id: a, type: persona-request, persona: p}]\n`;
    expect(diagnosed(text)).toEqual([]);
    expect(diagnosed(text.replace('[[', '[[[').replace(']]', ']]]'))).toEqual(['3:71 YAML_LIMIT']);
  });

  it('20 aliases are allowed', () => {
    const text = `name: x\nvariables: {a: &a 1, b: [${'*a, '.repeat(20)}]}\nsteps: [{id: a, type: persona-request, persona: p}]\n`;
    expect(diagnosed(text)).toEqual([]);
  });

  it('a byte order mark and Windows line ends change nothing', () => {
    const text = 'name: x\nsteps:\n  - id: a\n    typ: persona-request\n    persona: p\n';
    expect(diagnosed(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(diagnosed(text));
    expect(diagnosed(text)).toEqual(['3:5 KEY_MISSING', '4:5 KEY_UNKNOWN']);
  });

  it('a number that would lose digits is warned of', () => {
    const text = 'name: x\nvariables: {id: 12345678901234567890}\nsteps: [{id: a, type: persona-request, persona: p}]\n';
    const { workflow, diagnostics } = loadWorkflowSync(text);
    expect(diagnostics.map(({ code, severity, line, column }) => [code, severity, line, column])).toEqual([
      ['VALUE_RANGE', 'warning', 2, 17],
    ]);
    expect(workflow).not.toBeNull();
  });
});
