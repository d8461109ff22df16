// What a crew file says of agents beside their parts, and several agents of one part.
import { describe, expect, it } from 'vitest';
import { loadCrew } from '../../src/actors/crews/crew-file.ts';
import { crewFromDefinition } from '../../src/actors/crews/crew-from-definition.ts';
import { reportsAreTrusted } from '../../src/actors/trusted-report.ts';
import { aTask } from './work.ts';

const CREW = `agents:
  ann: { kind: scripted, personas: [coder, '*'], capabilities: sql, capacity: 1, script: { '*': {} } }
  ben: { kind: command, personas: coder, capabilities: [sql, gpu], capacity: 2, command: [x] }
  cleo: { kind: module, module: nowhere.js, step_types: build, breaker: { failures: 3, window: 2m, cool: 30, successes: 1 } }
  dan: { kind: scripted, step_types: build, personas: coder, breaker: false, script: { '*': {} } }
  eve: { kind: scripted, breaker: {}, script: {} }
`;

async function theCrew() {
  const { crew, diagnostics } = await loadCrew(CREW, { text: true });
  expect(diagnostics).toEqual([]);
  expect(JSON.parse(JSON.stringify(crew))).toEqual(crew);
  return crewFromDefinition(crew ?? { agents: [] });
}

describe('agents of a crew file', () => {
  it('play a part side by side, in the order of the file', async () => {
    const crew = await theCrew();
    const ids = (task: Parameters<typeof aTask>[0]) => crew.candidates(aTask(task)).map(({ id }) => id);
    expect(ids({ persona: 'coder' })).toEqual(['ann', 'ben', 'dan']);
    expect(ids({ persona: null, type: 'build' })).toEqual(['cleo', 'dan']);
    expect(ids({ persona: 'anybody' })).toEqual(['ann']);
    expect(crew.agents().length).toBe(5);
    await crew.close();
  });

  it('have what is said of them, whatever they are made of', async () => {
    const crew = await theCrew();
    const said = crew.agents().map(({ id, capabilities, capacity, breaker }) => [id, { capabilities, capacity, breaker }]);
    expect(Object.fromEntries(said)).toEqual({
      ann: { capabilities: ['sql'], capacity: 1 },
      ben: { capabilities: ['sql', 'gpu'], capacity: 2 },
      cleo: { breaker: { failures: 3, windowMs: 120_000, coolMs: 30_000, successes: 1 } },
      dan: { breaker: false },
      eve: { breaker: {} },
    });
    await crew.close();
  });

  it('come with how patient their crew is with the services that they call', async () => {
    const { crew, diagnostics } = await loadCrew(`services: { github: { failures: 3, cool: 30 }, registry: {} }\n${CREW}`, { text: true });
    expect(diagnostics).toEqual([]);
    const made = crewFromDefinition(crew ?? { agents: [] });
    expect(made.services?.()).toEqual({ github: { failures: 3, coolMs: 30_000 }, registry: {} });
    expect((await theCrew()).services?.()).toBeNull();
    await made.close();
  });

  it('are trusted as before: what is said of them changes nothing of what they are', async () => {
    const crew = await theCrew();
    const trusted = crew
      .agents()
      .filter(reportsAreTrusted)
      .map(({ id }) => id);
    expect(trusted.sort()).toEqual(['ann', 'ben', 'dan', 'eve']);
    await crew.close();
  });
});
