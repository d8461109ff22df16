// What docs/embedding.md lists of the builder is held against it: no method and no option is missing, none is invented.
import { describe, expect, test } from 'vitest';
import { WorkflowBuilder } from '../../src/definition/builder.ts';
import { membersOf, quoted, readPage, table } from './page.ts';

const page = readPage('embedding.md');
const names = (name: string) =>
  table(page, name)
    .flatMap(([first = '']) => (first.includes('`') ? quoted(first) : [first]))
    .map((written) => written.replace(/\(.*/u, ''))
    .sort();
const members = (types: readonly (readonly [file: string, type: string])[]) =>
  [...new Set(types.flatMap(([file, type]) => membersOf(`definition/${file}`, type)))].sort();

/** The prototypes that methods come from, but that of all objects. */
function familiesOf(prototype: object): object[] {
  const next: object = Object.getPrototypeOf(prototype);
  return next === Object.prototype ? [prototype] : [prototype, ...familiesOf(next)];
}

describe('of the builder, the page lists', () => {
  test('every method', () => {
    const own = new Set(['constructor', 'members', 'withMembers', 'over', 'fill', 'handlers']);
    const methods = familiesOf(WorkflowBuilder.prototype).flatMap((family) => Object.getOwnPropertyNames(family));
    expect(names('builder methods')).toEqual([...new Set(methods)].filter((name) => !own.has(name)).sort());
  });

  test('every option of a task', () => {
    const types = [
      ['builder-options.ts', 'StepOptions'],
      ['builder-timing.ts', 'TimingOptions'],
      ['builder-task.ts', 'WorkOptions'],
      ['builder-task.ts', 'TaskOptions'],
      ['builder-recovery.ts', 'RecoveryOptions'],
      ['builder-budget.ts', 'SpendingOptions'],
      ['builder-data.ts', 'TakingOptions'],
      ['builder-data.ts', 'LeavingOptions'],
    ] as const;
    expect(names('task options')).toEqual(members(types));
  });

  test('every option of a workflow', () => {
    expect(names('workflow options')).toEqual(
      members([
        ['builder-options.ts', 'WorkflowOptions'],
        ['builder-recovery.ts', 'RecoveryOptions'],
      ]),
    );
  });
});
