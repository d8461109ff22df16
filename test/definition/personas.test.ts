import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadOptions } from '../../src/definition/load-options.ts';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { diagnosed, loaded, withSteps } from './diagnosed.ts';

const FILES = {
  native: (persona: string) => withSteps(`- {id: a, type: persona-request, persona: ${JSON.stringify(persona)}}`),
  engine: (persona: string) => withSteps(`- {name: a, type: PersonaRequestStep, config: {persona: ${JSON.stringify(persona)}}}`),
} as const;
const codes = (text: string, options: LoadOptions) =>
  loadWorkflowSync(text, { ...options, text: true }).diagnostics.map(({ code }) => code);

describe.each(['native', 'engine'] as const)('the persona of a step (%s)', (dialect) => {
  const file = FILES[dialect];
  const template = dialect === 'native' ? 'team-{{ variables.team }}' : 'team-${team}';
  const foreign = dialect === 'native' ? 'team-${team}' : 'team-{{ variables.team }}';

  it('is unknown exactly when the crew plays neither it nor *', () => {
    const name = fc.stringMatching(/^[a-z][a-z-]{0,12}$/);
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 5 }), fc.boolean(), (persona, personas, anybody) => {
        const known = anybody || personas.includes(persona);
        expect(codes(file(persona), { personas: anybody ? [...personas, '*'] : personas })).toEqual(known ? [] : ['PERSONA_UNKNOWN']);
      }),
    );
  });

  it('may be a template: who that is, is known when the step starts', () => {
    const [step] = loaded(file(template), { personas: ['planner'] }).steps;
    expect(step).toMatchObject({ kind: 'task', persona: template });
  });

  it('is a name like any other when it is a template of the other dialect', () => {
    expect(codes(file(foreign), { personas: ['planner'] })).toEqual(['PERSONA_UNKNOWN']);
  });
});

describe('templates in names', () => {
  it('a template of a persona that cannot be read, or reads what is not there, is reported as any other', () => {
    expect(diagnosed(FILES.native('{{ 1 + }}'))).toEqual([expect.stringContaining('TEMPLATE_INVALID')]);
    expect(diagnosed(FILES.native('{{ steps.nobody.persona }}'))).toEqual([expect.stringContaining('NAME_UNKNOWN')]);
  });

  it('the name of a signal holds none: whoever sends it would have to know it', () => {
    const { workflow, diagnostics } = loadWorkflowSync(withSteps('- {id: a, type: wait-for-signal, signal: "go-{{ variables.n }}"}'));
    expect(workflow).toBeNull();
    expect(diagnostics).toMatchObject([{ line: 3, column: 44, code: 'VALUE_UNKNOWN', hint: expect.stringContaining('payload') }]);
    expect(diagnosed(withSteps('- {id: a, type: wait-for-signal, signal: "go-${n}"}'))).toEqual([]);
  });
});
