// Conflicts and votes that only a person can settle: the run is left as any run that waits, and the command to type has the right form.
import { expect, it } from 'vitest';
import { troupe } from './fake-surroundings.ts';
import { folderWith } from './some-files.ts';

const CONFLICT = `name: both
shared: { n: 0 }
conflicts: { ladder: [automatic, person] }
steps:
  - { id: a, type: persona-request, persona: worker, writes: n }
  - { id: b, type: persona-request, persona: worker, writes: n }
outputs: { n: "{{ shared.n }}" }
`;
const VOTE = `name: tied
steps: [{ id: pick, type: vote, personas: [worker, other], escalate: { timeout: 1h } }]
outputs: { choice: "{{ steps.pick.choice }}" }
`;
const CREW = `agents:
  worker: { kind: scripted, script: { a: { writes: { n: 1 } }, b: { after: 10ms, writes: { n: 2 } }, "*": { output: yes } } }
  other: { kind: scripted, script: { "*": { output: no } } }
`;

it.each([
  {
    what: 'a conflict',
    workflow: CONFLICT,
    signal: 'b.decision',
    example: '\'{"take": "theirs"}\'',
    answer: '{"take": "ours"}',
    output: 'n: 2',
  },
  { what: 'a tie', workflow: VOTE, signal: 'pick.decision', example: '\'"…"\'', answer: '"no"', output: 'choice: no' },
])('$what that a person must settle', async ({ workflow, signal, example, answer, output }) => {
  const cwd = folderWith({ 'workflow.yml': workflow, 'crew.yml': CREW });
  for (const json of [[], ['--json']]) {
    const run = `run${json.length}`;
    const { code, out } = await troupe(['run', '.', '--id', run, ...json], { cwd });
    expect(code).toBe(4);
    if (json.length === 0) expect(out).toContain(`troupe signal ${run} ${signal} ${example}`);
    const resumed = await troupe(['signal', run, signal, answer, '--resume'], { cwd });
    expect(resumed).toMatchObject({ code: 0, err: '', out: expect.stringContaining('which has ended with it: completed') });
    expect((await troupe(['show', run], { cwd })).out).toContain(output);
  }
});
