import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, and, assign, not, setup } from 'xstate';
import { openingComment } from '../../scripts/statecharts/essay.ts';
import { findMachines } from '../../scripts/statecharts/machine-files.ts';
import { brokenReferences, deafToCancel, unusedNames } from './machine-names.ts';
import { inlineFunctions, makesMachine, spokenNames } from './machine-source.ts';
import { typescriptFiles } from './source-tree.ts';

const files = typescriptFiles('src/machines').filter(({ text }) => makesMachine(text));
const machines = await findMachines();

const essayLines = (text: string): number => openingComment(text).filter((line) => line.trim() !== '').length;

describe('the statecharts', () => {
  it('a machine file opens with an essay of at least ten lines', () => {
    expect(files.filter(({ text }) => essayLines(text) < 10).map(({ path, text }) => `${path}: ${essayLines(text)} lines`)).toEqual([]);
  });

  it('a machine file exports its machine', () => {
    const exported = new Set(machines.map((found) => found.file));
    expect(files.filter(({ path }) => !exported.has(path)).map(({ path }) => path)).toEqual([]);
  });

  it('machines are made in src/machines only', () => {
    const elsewhere = typescriptFiles('src').filter(({ path, text }) => !path.startsWith('src/machines/') && makesMachine(text));
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });

  it('a configuration is made of names: no functions in it but mappers of context, input and output', () => {
    expect(files.flatMap(inlineFunctions)).toEqual([]);
  });

  it('every action, guard, delay and actor that a state names is defined', () => {
    expect(machines.flatMap(({ machine }) => brokenReferences(machine))).toEqual([]);
  });

  it('every name spoken inside an action is defined', () => {
    const undefinedNames = machines.flatMap(({ file, source, machine }) =>
      spokenNames(source)
        .filter(({ kind, name }) => !(name in machine.implementations[kind]))
        .map(({ kind, name, line }) => `${file}:${line}: ${kind} has no ${name}`),
    );
    expect(undefinedNames).toEqual([]);
  });

  it('nothing is defined that no state uses', () => {
    const idle = machines.flatMap(({ source, machine }) =>
      unusedNames(machine, new Set(spokenNames(source).map(({ kind, name }) => `${kind}.${name}`))),
    );
    expect(idle).toEqual([]);
  });

  it('a machine that can be cancelled answers cancel in every state in which it waits', () => {
    expect(machines.flatMap(({ machine }) => deafToCancel(machine))).toEqual([]);
  });

  it('every machine has an id of its own', () => {
    const ids = machines.map(({ machine }) => machine.id);
    expect(ids.filter((id, nth) => id === '(machine)' || ids.indexOf(id) !== nth)).toEqual([]);
  });
});

describe('the reading of statecharts', () => {
  const inline = (config: string): number =>
    inlineFunctions({ path: 'a.ts', text: `const m = setup({}).createMachine(${config});` }).length;

  it.each([
    ['{ entry: ({ context }) => go(context) }', 1],
    ['{ states: { a: { on: { x: { guard: function () { return true; } } } } } }', 1],
    ['{ entry: assign({ n: ({ context }) => context.n + 1 }) }', 1],
    ['{ entry() { go(); } }', 1],
    ['{ invoke: { src: "child", input: ({ context }) => { return context; } } }', 1],
    ['{ context: ({ input }) => ({ n: input.list.map((x) => x + 1) }), output: ({ context }) => context.n }', 0],
    ['{ invoke: { src: "child", input: ({ context }) => context.n, onDone: "b" } } satisfies Config', 0],
    ['shared', 1],
  ])('functions in %s: %i', (config, count) => {
    expect(inline(config)).toBe(count);
  });

  it('names inside actions and combined guards are heard', () => {
    const text = `const s = setup({ actions: { go: enqueueActions(({ enqueue, check }) => { if (check('ready')) enqueue('run'); }) },
      guards: { calm: and(['quiet', not('late')]) } }); spawn('child', { id: 'c' }); raise({ type: 'x' }, { delay: 'soon' });`;
    expect(spokenNames(text).map(({ kind, name }) => `${kind}.${name}`)).toEqual([
      'guards.ready',
      'actions.run',
      'guards.quiet',
      'guards.late',
      'actors.child',
      'delays.soon',
    ]);
  });

  it('names that mean nothing, things without a name and idle names are all reported', () => {
    const kit = setup({ actions: { used: () => undefined, idle: assign({}) }, guards: { open: () => true }, delays: { soon: 1 } });
    const config = {
      id: 'm',
      initial: 'a',
      states: {
        a: { entry: ['used', 'absent'], after: { 50: 'b', soon: 'b' }, on: { x: { guard: and(['open', not('gone')]), target: 'b' } } },
        b: {},
      },
    };
    const machine = kit.createMachine(config as never) as unknown as AnyStateMachine;
    expect(brokenReferences(machine)).toEqual([
      'm.a: actions has no absent',
      'm.a: guards has no gone',
      'm.a: one of its delays is written in place instead of named',
    ]);
    expect(unusedNames(machine, new Set())).toEqual(['m: nothing uses actions.idle']);
  });

  it('a waiting state without cancel is reported, a passing one and a nested one under cancel are not', () => {
    const machine = setup({}).createMachine({
      id: 'm',
      initial: 'passing',
      states: {
        passing: { always: 'calm' },
        calm: { on: { cancel: 'gone', x: 'deaf' }, initial: 'inner', states: { inner: {} } },
        deaf: { on: { x: 'gone' } },
        gone: { type: 'final' },
      },
    });
    expect(deafToCancel(machine)).toEqual(['m.deaf does not answer cancel']);
  });
});
