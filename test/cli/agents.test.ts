import { describe, expect, it } from 'vitest';
import { begin, troupe } from './fake-surroundings.ts';
import { folderWith, WORKFLOWS } from './some-files.ts';

const POOL = `agents:
  ann: {kind: scripted, personas: worker, capacity: 1, capabilities: [sql, ts], breaker: {failures: 1, cool: 10m}, script: {"*": {throw: tired}}}
  ben: {kind: scripted, personas: worker, capacity: 2, script: {"*": {forever: true}}}
`;

const folder = () =>
  folderWith({ 'workflow.yml': WORKFLOWS.one.replace('persona: worker', 'persona: worker, retries: 1'), 'crew.yml': POOL });
const told = async (cwd: string) => JSON.parse((await troupe(['agents', '--json'], { cwd })).out);

describe('troupe agents', () => {
  it('lists those of the crew file before anything was run', async () => {
    const cwd = folder();
    const { code, out } = await troupe(['agents'], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/^AGENT +PARTS +STATE .*\nann +worker +absent +of 1 .* closed +sql, ts\nben +worker +absent +of 2/u);
    expect((await troupe(['agents', '-q'], { cwd })).out).toBe('ann\nben\n');
    expect(await troupe(['agents', '--crew', 'no.yml'], { cwd })).toMatchObject({ code: 5 });
    expect((await troupe(['agents'], { cwd: folderWith({}) })).out).toContain('No agents');
  });

  it('shows who works in another process, and tells one of them to take no more, to go on, and to be tried again', async () => {
    const cwd = folder();
    const { at, code } = begin(['run', '.', '--id', 'first'], { cwd });
    await at.printed(/work +started +worker +attempt 2/u);
    const { live, agents } = await told(cwd);
    expect(live).toBe(true);
    expect(agents).toMatchObject([
      { id: 'ann', state: 'idle', failed: 1, breaker: { state: 'open' } },
      { id: 'ben', state: 'busy', tasks: ['first/work#2'], capacity: 2 },
    ]);
    expect((await troupe(['agents'], { cwd })).out).toContain('ann takes no tasks: it keeps failing: its circuit breaker is open');
    expect(await troupe(['agents', 'drain', 'ben', '--reason', 'upgrade'], { cwd })).toMatchObject({ code: 0 });
    expect((await told(cwd)).agents[1]).toMatchObject({ state: 'draining', away: expect.stringContaining('upgrade') });
    expect(await troupe(['agents', 'resume', 'ben'], { cwd })).toMatchObject({ code: 0 });
    expect(await troupe(['agents', 'reset', 'ann'], { cwd })).toMatchObject({ code: 0 });
    expect((await told(cwd)).agents).toMatchObject([{ breaker: { state: 'closed' } }, { state: 'busy', away: null }]);
    expect(await troupe(['agents', 'drain', 'bem'], { cwd })).toMatchObject({ code: 5, err: expect.stringContaining('AGENT_NOT_FOUND') });
    at.interrupt();
    at.interrupt();
    await code;
  });

  it('shows the services that they call, and lets tasks through again when a person says that one is well', async () => {
    const cwd = folderWith({
      'workflow.yml': `name: release
steps:
  - { id: look, type: persona-request, persona: worker }
  - { id: publish, type: persona-request, persona: worker, dependencies: [{ step: look, kind: soft }], requires: { services: github } }
`,
      'crew.yml': `services: { github: { failures: 1, cool: 10m }, registry: {} }
agents: { worker: { kind: scripted, script: { look: { fail: no answer, service: github }, publish: { output: published } } } }
`,
    });
    const { at, code } = begin(['run', '.', '--id', 'first'], { cwd });
    await at.printed(/publish +queued/u);
    expect((await told(cwd)).services).toMatchObject([
      { service: 'github', state: 'open', failures: 1 },
      { service: 'registry', state: 'closed' },
    ]);
    const { out } = await troupe(['agents'], { cwd });
    expect(out).toMatch(/\nSERVICE +FAILURES +BREAKER\ngithub +1 +open for \d.*, tried out .*\nregistry +0 +closed\n/u);
    expect(await troupe(['agents', 'reset', 'service:git'], { cwd })).toMatchObject({
      code: 5,
      err: expect.stringContaining('SERVICE_NOT_FOUND'),
    });
    expect(await troupe(['agents', 'reset', 'service:github'], { cwd })).toMatchObject({ code: 0 });
    await code;
    expect((await told(cwd)).services).toMatchObject([{ service: 'github', state: 'closed', failures: 0 }, { service: 'registry' }]);
  });

  it('where nobody works, shows the services that are remembered, and closes the circuit breaker before one', async () => {
    const cwd = folderWith({
      'workflow.yml': WORKFLOWS.one,
      'crew.yml':
        'services: { github: { failures: 1 } }\nagents: { worker: { kind: scripted, script: { "*": { fail: no, service: github } } } }\n',
    });
    await troupe(['run', '.'], { cwd });
    expect((await told(cwd)).services).toMatchObject([{ service: 'github', state: 'open' }]);
    expect(await troupe(['agents', 'reset', 'service:github'], { cwd })).toMatchObject({
      code: 0,
      out: expect.stringContaining('The circuit breaker before the service github is closed.'),
    });
    expect((await told(cwd)).services).toMatchObject([{ service: 'github', state: 'closed' }]);
  });

  it('tells of one of them what its calls use, step by step', async () => {
    const cwd = folderWith({
      'workflow.yml': WORKFLOWS.one,
      'crew.yml': 'agents:\n  worker: {kind: scripted, script: {"*": {output: done, usage: {tokens: 1200, memory_mb: 64}}}}\n',
    });
    expect((await troupe(['agents', 'worker'], { cwd })).out).toMatch(/What it uses is not known yet/u);
    await troupe(['run', '.'], { cwd });
    expect((await troupe(['agents', 'worker'], { cwd })).out).toMatch(
      /WORKFLOW +STEP +CALLS +TOKENS +MEMORY.*\n.* +work +1 +1,200 +64 MB/u,
    );
    expect((await told(cwd)).agents).toMatchObject([{ id: 'worker', uses: [{ step: 'work', calls: 1, tokens: 1200, memoryMb: 64 }] }]);
    expect(await troupe(['agents', 'walker'], { cwd })).toMatchObject({ code: 5, err: expect.stringContaining('AGENT_NOT_FOUND') });
  });

  it('where nobody works, shows what is remembered; a circuit breaker can be closed, nobody can be drained', async () => {
    const cwd = folder();
    const { at, code } = begin(['run', '.', '--id', 'first'], { cwd });
    await at.printed(/work +started +worker +attempt 2/u);
    await troupe(['cancel', 'first'], { cwd });
    await code;
    expect((await told(cwd)).agents).toMatchObject([{ id: 'ann', state: 'absent', failed: 1, breaker: { state: 'open' } }, { id: 'ben' }]);
    expect((await troupe(['agents'], { cwd })).out).toMatch(/ann .* open for \d.*, tried out \d/u);
    expect(await troupe(['agents', 'reset', 'ann'], { cwd })).toMatchObject({ code: 0 });
    expect((await told(cwd)).agents[0]).toMatchObject({ failed: 1, breaker: { state: 'closed' } });
    expect(await troupe(['agents', 'reset', 'an'], { cwd })).toMatchObject({
      code: 5,
      err: expect.stringContaining('did you mean "ann"?'),
    });
    expect(await troupe(['agents', 'drain', 'ann'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('no agent is at work'),
    });
  });
});
