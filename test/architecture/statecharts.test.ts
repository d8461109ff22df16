import { describe, expect, it } from 'vitest';
import { and, assign, not, setup } from 'xstate';
import { readChart } from '../../scripts/statecharts/chart.ts';
import { statechartsDocument } from '../../scripts/statecharts/document.ts';
import { firstParagraph } from '../../scripts/statecharts/essay.ts';
import { findMachines } from '../../scripts/statecharts/machine-files.ts';
import { mermaidDiagram } from '../../scripts/statecharts/mermaid.ts';
import { messageTable } from '../../scripts/statecharts/message-table.ts';
import { projectPaths, readProjectFile } from './source-tree.ts';

const chart = readChart(
  setup({
    actions: { greet: () => undefined, note: assign({}) },
    guards: { isReady: () => true, isLate: () => false },
    delays: { patience: 1_000 },
  }).createMachine({
    id: 'sample',
    initial: 'waiting',
    on: { cancel: { target: '.gone', actions: 'greet' }, ping: { actions: 'note' } },
    states: {
      waiting: {
        entry: ['greet', 'note'],
        after: { patience: 'working' },
        on: { 'task.done': [{ guard: and(['isReady', not('isLate')]), target: 'working' }, { actions: 'note' }] },
      },
      working: {
        entry: 'greet',
        initial: 'first',
        on: { again: '.first' },
        states: { first: { always: { guard: 'isReady', target: 'second' } }, second: { type: 'final' } },
        onDone: 'gone',
      },
      gone: { type: 'final' },
    },
  }),
);

describe('docs/statecharts.md', () => {
  it('is fresh: it says what the machines say', async () => {
    const machines = await findMachines();
    const present = projectPaths().includes('docs/statecharts.md') ? readProjectFile('docs/statecharts.md') : '';
    expect(present === statechartsDocument(machines), 'run `npm run docs:statecharts`').toBe(true);
  });

  it('the same machines give the same text', async () => {
    expect(statechartsDocument(await findMachines())).toBe(statechartsDocument(await findMachines()));
  });
});

describe('a drawn machine', () => {
  it('shows every state, every move with its guard and actions, and what states do on entering', () => {
    expect(mermaidDiagram(chart).split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> waiting',
      '  state "waiting" as waiting',
      '  waiting : entry / greet',
      '  waiting : entry / note',
      '  waiting : task.done / note',
      '  state "working" as working',
      '  state working {',
      '    [*] --> working__first',
      '    state "first" as working__first',
      '    state "second" as working__second',
      '    working__second --> [*]',
      '  }',
      '  state "gone" as gone',
      '  gone --> [*]',
      '  state "any state" as root__any',
      '  root__any --> gone : cancel / greet',
      '  root__any : ping / note',
      '  waiting --> working : task.done [isReady and not isLate]',
      '  waiting --> working : after patience',
      '  state "any state of working" as working__any',
      '  working__any --> working__first : again',
      '  working --> gone : done',
      '  working__first --> working__second : always [isReady]',
    ]);
  });

  it('lists every message with the states that answer it', () => {
    expect(messageTable(chart).split('\n').slice(2)).toEqual([
      '| `cancel` | `any state` |  | `greet` | `gone` |',
      '| `ping` | `any state` |  | `note` | stays |',
      '| `task.done` | `waiting` | `isReady and not isLate` |  | `working` |',
      '| `task.done` | `waiting` |  | `note` | stays |',
      '| `after patience` | `waiting` |  |  | `working` |',
      '| `again` | `working` |  |  | `working.first` |',
      '| `done` | `working` |  |  | `gone` |',
      '| `always` | `working.first` | `isReady` |  | `working.second` |',
      '| on entering | `working` |  | `greet` | stays |',
    ]);
  });

  it('introduces itself with the first paragraph of its essay', () => {
    expect(firstParagraph('/**\n * One\n * two.\n *\n * Three.\n */\nconst a = 1;')).toBe('One two.');
    expect(firstParagraph('// One\n// two.\nconst a = 1;')).toBe('One two.');
    expect(firstParagraph('const a = 1;')).toBe('');
  });
});
