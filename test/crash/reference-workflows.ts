/** Five workflows that stand for what runs are made of. They are killed together: one process runs all of them, in one store. */
import type { Workflow } from '../../src/definition/workflow.ts';
import { loaded } from '../definition/diagnosed.ts';

const task = (id: string, more = '') => `{ id: ${id}, type: persona-request, persona: any${more === '' ? '' : `, ${more}`} }`;
const chained = Array.from(
  { length: 16 },
  (_, i) => `  - ${task(`link${i}`, i === 0 ? '' : `params: { before: "{{ steps.link${i - 1} }}" }`)}`,
);
const writer = (id: string) => task(id, 'writes: [notes, version]');
const undone = (id: string) => task(id, `compensate: { persona: any, params: { undo: "{{ steps.${id}.of }}" } }`);

/** By name: what is run. */
export const referenceWorkflows = (): Readonly<Record<string, Workflow>> => ({
  chain: loaded(`name: chain\nmode: sequential\nsteps:\n${chained.join('\n')}\n`),
  merge: loaded(`
name: merge
shared: { notes: {}, version: 0 }
steps:
  - id: first
    type: parallel
    conflicts: { persona: any, guidance: the higher one }
    steps: [${writer('a')}, ${writer('b')}, ${writer('c')}]
  - ${task('between', 'dependencies: first, reads: [notes]')}
  - id: second
    type: parallel
    dependencies: between
    conflicts: { persona: any, guidance: the higher one }
    steps: [${writer('d')}, ${writer('e')}, ${writer('f')}]
  - ${task('after', 'dependencies: second, reads: [notes, version]')}
outputs: { notes: "{{ shared.notes }}", version: "{{ shared.version }}", after: "{{ steps.after }}" }
`),
  feedback: loaded(`
name: feedback
mode: sequential
steps:
  - { id: design, type: phase, steps: [${task('plan')}] }
  - id: build
    type: phase
    mode: parallel
    steps: [${task('core')}, ${task('docs')}]
    gate: { rate: 0.5, on_failure: rework, max: 2 }
  - { id: review, type: phase, steps: [${task('read')}], feedback: { to: build, max: 3, findings: read.issues } }
  - ${task('publish')}
outputs: { core: "{{ steps.core }}", rounds: "{{ len(feedback) }}" }
`),
  approval: loaded(`
name: approval
mode: sequential
steps:
  - ${task('draft')}
  - { id: fit, type: approval, subject: Is it fit?, params: { draft: "{{ steps.draft.of }}" } }
  - ${task('polish')}
  - id: price
    type: approval
    subject: What may it cost?
    assignee: [ann, bob]
    quorum: 2
    form: { amount: { type: integer, minimum: 1 } }
    values: { amount: 5 }
  - ${task('order', 'params: { amount: "{{ steps.price.values.amount }}" }')}
  - { id: ship, type: approval, subject: May it go out?, assignee: [ann] }
  - ${task('close')}
`),
  compensation: loaded(`
name: compensation
steps:
  - id: move
    type: sequence
    on_failure: compensate
    steps: [${['one', 'two', 'three', 'four', 'five', 'six'].map(undone).join(', ')}, ${task('seven')}]
  - ${undone('aside')}
`),
});
