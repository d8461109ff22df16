import { describe, expect, it } from 'vitest';
import { diagnosed, type Malformed, withSteps } from './diagnosed.ts';

/** The surroundings of every file here. */
const KNOWN = { personas: ['planner', 'reviewer', 'tester'], stepTypes: ['deploy'] };

const task = '- {id: a, type: persona-request, persona: planner}';
const second = (more: string) => withSteps(task, `- {id: b, type: deploy, ${more}}`);
const head = (line: string) => `name: x\n${line}\nsteps:\n  ${task}\n`;

const EDGES: readonly Malformed[] = [
  ['an unknown kind of dependency', second('dependencies: [{step: a, kind: sft}]'), ['4:58 VALUE_UNKNOWN']],
  ['an unknown key of a dependency', second('dependencies: [{step: a, whne: "true"}]'), ['4:52 KEY_UNKNOWN']],
  ['a dependency without a step', second('dependencies: [{kind: soft}]'), ['4:42 KEY_MISSING']],
  ['a condition on a soft dependency', second('dependencies: [{step: a, kind: soft, when: steps.a.ok}]'), ['4:64 DECLARATION_CONFLICT']],
  ['a condition on a hard dependency', second('dependencies: [{step: a, kind: hard, when: steps.a.ok}]'), ['4:64 DECLARATION_CONFLICT']],
  ['a condition of a dependency that breaks off', second('dependencies: [{step: a, when: "steps.a.("}]'), ['4:67 EXPRESSION_INVALID']],
  ['a condition of a dependency with an unknown step', second('dependencies: [{step: a, when: steps.aa.ok}]'), ['4:64 NAME_UNKNOWN']],
  [
    'a condition of a dependency that reads another one',
    withSteps(task, '- {id: b, type: deploy}', '- {id: c, type: deploy, dependencies: [{step: a, when: steps.b.ok}, b]}'),
    ['5:64 NAME_UNORDERED'],
  ],
  ['a dependency declared in two ways', second('dependencies: [a, {step: a, kind: soft}]'), ['4:52 DECLARATION_CONFLICT']],
  ['a soft dependency on nobody', second('dependencies: [{step: aa, kind: soft}]'), ['4:49 DEPENDENCY_UNKNOWN']],
  ['required data that is no path', second('dependencies: [{step: a, data: [report..findings]}]'), ['4:59 VALUE_UNKNOWN']],
  ['required data behind a forbidden name', second('dependencies: [{step: a, data: report.constructor}]'), ['4:58 KEY_FORBIDDEN']],
  [
    'a circle of soft dependencies',
    withSteps(
      '- {id: a, type: deploy, dependencies: [{step: b, kind: soft}]}',
      '- {id: b, type: deploy, dependencies: [{step: a, kind: soft}]}',
    ),
    ['3:49 DEPENDENCY_CYCLE'],
  ],
];

const DATA: readonly Malformed[] = [
  ['an input from an unknown step', second('inputs: {doc: steps.aa.doc}'), ['4:47 NAME_UNKNOWN']],
  ['an input from an unknown place', second('inputs: {doc: output.doc}'), ['4:41 NAME_UNKNOWN']],
  ['an input from a step named as a root', second('inputs: {doc: a.doc}'), ['4:41 NAME_UNKNOWN']],
  ['an input written as a template', second('inputs: {doc: "{{ steps.a.doc }}"}'), ['4:41 VALUE_UNKNOWN']],
  ['an input that is no path', second('inputs: {doc: steps..a}'), ['4:41 VALUE_UNKNOWN']],
  ['an input that does not say of which step', second('inputs: {doc: steps}'), ['4:41 VALUE_UNKNOWN']],
  ['an input behind a forbidden name', second('inputs: {doc: steps.a.constructor}'), ['4:41 KEY_FORBIDDEN']],
  [
    'an input from an unknown key, where keys are declared',
    `shared: {style: plain}\n${second('inputs: {s: shared.stile}')}`,
    ['5:46 NAME_UNKNOWN'],
  ],
  ['an input from an unknown key, where none is declared', second('inputs: {s: shared.style}'), ['4:46 NAME_UNKNOWN']],
  ['an input from a misspelt variable', `variables: {branch: main}\n${second('inputs: {s: variables.brnch}')}`, ['5:49 NAME_UNKNOWN']],
  ['an input that the file does not declare', `inputs: {goal: string}\n${second('inputs: {g: input.gaol}')}`, ['5:45 NAME_UNKNOWN']],
  ['an input that is a number', second('inputs: {g: 3}'), ['4:39 VALUE_TYPE']],
  ['an input with an unknown key', second('inputs: {g: {from: input.g, defualt: 1}}'), ['4:55 KEY_UNKNOWN']],
  [
    'an input with a default that may be left out',
    second('inputs: {g: {from: input.g, optional: true, default: 1}}'),
    ['4:55 DECLARATION_CONFLICT'],
  ],
  ['a name among inputs and params', second('inputs: {g: input.g}, params: {g: 1}'), ['4:36 DECLARATION_CONFLICT']],
  ['a name among inputs and further keys', second('inputs: {g: input.g}, g: 1'), ['4:36 DECLARATION_CONFLICT']],
  ['an input from the step itself', withSteps('- {id: a, type: deploy, inputs: {x: steps.a.y}}'), ['3:39 DEPENDENCY_CYCLE']],
  [
    'inputs in a circle',
    withSteps('- {id: a, type: deploy, inputs: {x: steps.b}}', '- {id: b, type: deploy, inputs: {x: steps.a}}'),
    ['3:39 DEPENDENCY_CYCLE'],
  ],
  [
    'an input from the group around',
    withSteps('- {id: g, type: group, steps: [{id: m, type: deploy, inputs: {x: steps.g}}]}'),
    ['3:68 DEPENDENCY_CYCLE'],
  ],
  [
    'an input from the other branch',
    withSteps(
      '- {id: c, type: conditional, condition: "true", then_steps: [{id: x, type: deploy}], else_steps: [{id: y, type: deploy, inputs: {z: steps.x}}]}',
    ),
    ['3:135 DEPENDENCY_UNKNOWN'],
  ],
  ['something stored nowhere', second('store: {plan: doc}'), ['4:35 NAME_UNKNOWN']],
  ['something stored in a misspelt place', second('store: {shard.plan: doc}'), ['4:35 NAME_UNKNOWN']],
  ['something stored in no key', second('store: {shared: doc}'), ['4:35 VALUE_UNKNOWN']],
  ['something stored in a member of a variable', second('store: {variables.a.b: doc}'), ['4:35 VALUE_UNKNOWN']],
  ['something stored from what is no path', second('store: {shared.plan: "a..b"}'), ['4:48 VALUE_UNKNOWN']],
  ['something stored that is no text', second('store: {shared.plan: 3}'), ['4:48 VALUE_TYPE']],
  [
    'a key that is read and never written, where keys are declared',
    `shared: {style: plain}\n${second('reads: [style, stile]')}`,
    ['5:42 NAME_UNKNOWN'],
  ],
  ['a key that is read and never written, where none is declared', second('reads: style'), ['4:34 NAME_UNKNOWN']],
  [
    'a text with an unknown key, where keys are declared',
    `shared: {style: plain}\n${second('x: "{{ shared.stile }}"')}`,
    ['5:41 NAME_UNKNOWN'],
  ],
  ['a text with an unknown key, where none is declared', second('condition: shared.style'), ['4:45 NAME_UNKNOWN']],
  ['a key that is read twice', `shared: {style: plain}\n${second('reads: [style, style]')}`, ['5:42 KEY_DUPLICATE']],
  ['a key that is written twice', second('writes: [style, style]'), ['4:43 KEY_DUPLICATE']],
  ['a key with a dot', second('writes: [style.main]'), ['4:36 VALUE_UNKNOWN']],
  ['a key that is a number', second('reads: [3]'), ['4:35 VALUE_TYPE']],
  ['an unknown answer to what is stale', second('writes: style, on_stale: ignore'), ['4:52 VALUE_UNKNOWN']],
  ['an answer to what is stale where nothing is read', second('on_stale: rerun'), ['4:27 DECLARATION_CONFLICT']],
  ['a schema with an unknown type', second('output: {type: strng}'), ['4:35 SCHEMA_INVALID']],
  ['a schema of another kind', second('output: {type: object, not: {type: string}}'), ['4:35 SCHEMA_INVALID']],
  ['an output of an unknown type', second('output: strng'), ['4:35 VALUE_UNKNOWN']],
  ['an output of a type called otherwise', second('output: object'), ['4:35 VALUE_UNKNOWN']],
  ['an output that is a list', second('output: [string]'), ['4:35 VALUE_TYPE']],
  ['a need of nothing', second('requires: {memory_mb: 0}'), ['4:49 VALUE_RANGE']],
  ['a negative need', second('requires: {cpu: -1}'), ['4:43 VALUE_RANGE']],
  ['an unknown need', second('requires: {memory: 100}'), ['4:38 KEY_UNKNOWN']],
  ['a capability needed twice', second('requires: {capabilities: [gpu, gpu]}'), ['4:58 KEY_DUPLICATE']],
  ['a service needed twice', second('requires: {services: [github, github]}'), ['4:57 KEY_DUPLICATE']],
  ['a service that is no name', second('requires: {services: {github: 2}}'), ['4:48 VALUE_TYPE']],
  ['an estimate that is no duration', second('estimate: long'), ['4:37 DURATION_INVALID']],
  ['an estimate that is a template', second('estimate: "{{ variables.x }}"'), ['4:37 DURATION_INVALID']],
  ['a compensation that nobody does', second('compensate: {params: {x: 1}}'), ['4:39 KEY_MISSING']],
  ['a compensation of an unknown persona', second('compensate: {persona: planer}'), ['4:49 PERSONA_UNKNOWN']],
  ['a compensation of a type that is no task', second('compensate: {type: parallel}'), ['4:46 VALUE_UNKNOWN']],
  ['a compensation of an unknown type', second('compensate: {type: undo}'), ['4:46 STEP_TYPE_UNKNOWN']],
  ['data of a step that is no task', withSteps('- {id: a, type: variables, set: {x: 1}, writes: [style]}'), ['3:43 KEY_UNKNOWN']],
];

const HEAD: readonly Malformed[] = [
  ['an input of an unknown type', head('inputs: {goal: strng}'), ['2:16 VALUE_UNKNOWN']],
  ['an input of a type called otherwise', head('inputs: {goal: {type: array}}'), ['2:23 VALUE_UNKNOWN']],
  ['an input with type and schema', head('inputs: {goal: {type: string, schema: {type: string}}}'), ['2:17 DECLARATION_CONFLICT']],
  ['an input with a schema that cannot be read', head('inputs: {goal: {schema: {type: strng}}}'), ['2:25 SCHEMA_INVALID']],
  ['an input that must be given, with a default', head('inputs: {goal: {required: true, default: x}}'), ['2:33 DECLARATION_CONFLICT']],
  ['a default of another type', head('inputs: {depth: {type: integer, default: deep}}'), ['2:42 VALUE_TYPE']],
  ['an input with an unknown key', head('inputs: {goal: {typ: string}}'), ['2:17 KEY_UNKNOWN']],
  ['an input that is a list', head('inputs: {goal: [string]}'), ['2:16 VALUE_TYPE']],
  ['inputs that are a list', head('inputs: [goal]'), ['2:9 VALUE_TYPE']],
  ['an output with a default', head('output_types: {a: {default: 1}}'), ['2:20 KEY_UNKNOWN']],
  ['an output that nothing gives', head('output_types: {aa: string}'), ['2:16 NAME_UNKNOWN']],
  ['an output that is not among the outputs', head('outputs: {x: "{{ steps.a }}"}\noutput_types: {a: string}'), ['3:16 NAME_UNKNOWN']],
  ['shared values that are a list', head('shared: [style]'), ['2:9 VALUE_TYPE']],
  ['a shared key with a space', head('shared: {"main style": 1}'), ['2:10 VALUE_UNKNOWN']],
  ['a shared value that reads an unknown step', head('shared: {style: "{{ steps.b }}"}'), ['2:27 NAME_UNKNOWN']],
  ['a critical name that nothing touches', head('critical: [database]'), ['2:12 NAME_UNKNOWN']],
  ['a critical name twice', head('shared: {style: 1}\ncritical: [style, style]'), ['3:19 KEY_DUPLICATE']],
  ['a limit of nothing', head('limits: {memory_mb: 0}'), ['2:21 VALUE_RANGE']],
  ['a negative limit', head('limits: {cpu: -2}'), ['2:15 VALUE_RANGE']],
  ['an unknown limit', head('limits: {memory: 100}'), ['2:10 KEY_UNKNOWN']],
  ['a limit in words', head('limits: {tokens_per_minute: many}'), ['2:29 VALUE_TYPE']],
  ['a capability nobody may use', head('limits: {capabilities: {gpu: 0}}'), ['2:30 VALUE_RANGE']],
  ['half a capability', head('limits: {capabilities: {gpu: 1.5}}'), ['2:30 VALUE_RANGE']],
  ['guidance by nobody in the root', head('conflicts: {ladder: [guided, person]}'), ['2:22 DECLARATION_CONFLICT']],
  ['the input of a run in the file', head('input: {goal: x}'), ['2:1 KEY_UNKNOWN']],
];

describe('data that cannot be shared as a file says', () => {
  it.each([...EDGES, ...DATA, ...HEAD])('%s is reported where it stands', (_what, text, problems) => {
    expect(diagnosed(text, KNOWN)).toEqual(problems);
  });
});
