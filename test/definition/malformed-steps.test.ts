import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { diagnosed, type Malformed, withSteps } from './diagnosed.ts';

/** The surroundings of every file here. */
const KNOWN = { personas: ['planner', 'reviewer', 'tester'], stepTypes: ['deploy'] };

const task = '- {id: a, type: persona-request, persona: planner}';
const withKey = (line: string): string => withSteps(`- id: a\n  type: persona-request\n  persona: planner\n  ${line}`);

const KEYS: readonly Malformed[] = [
  ['no name', `steps:\n  ${task}\n`, ['1:1 KEY_MISSING']],
  ['an empty name', `name: ""\nsteps:\n  ${task}\n`, ['1:7 VALUE_RANGE']],
  ['a list as a name', `name: [x]\nsteps:\n  ${task}\n`, ['1:7 VALUE_TYPE']],
  ['no steps', 'name: x\nversion: "1"\n', ['1:1 KEY_MISSING']],
  ['steps: nothing', 'name: x\nsteps:\n', ['2:7 VALUE_TYPE']],
  ['steps: an empty list', 'name: x\nsteps: []\n', ['2:8 VALUE_RANGE']],
  ['steps: a map', 'name: x\nsteps:\n  a: {type: persona-request}\n', ['3:3 VALUE_TYPE']],
  ['steps: a text', 'name: x\nsteps: all of them\n', ['2:8 VALUE_TYPE']],
  ['a key of the file that is not known', `name: x\nstpes: []\nsteps:\n  ${task}\n`, ['2:1 KEY_UNKNOWN']],
  ['variables that are a list', `name: x\nvariables: [a]\nsteps:\n  ${task}\n`, ['2:12 VALUE_TYPE']],
  ['an unknown mode', `name: x\nmode: paralel\nsteps:\n  ${task}\n`, ['2:7 VALUE_UNKNOWN']],
  ['an unknown failure policy', `name: x\non_failure: ignore\nsteps:\n  ${task}\n`, ['2:13 VALUE_UNKNOWN']],
  ['an unknown key in defaults', `name: x\ndefaults: {timeot: 5}\nsteps:\n  ${task}\n`, ['2:12 KEY_UNKNOWN']],
  ['a default given twice', `name: x\ntimeout: 5\ndefaults: {timeout: 6}\nsteps:\n  ${task}\n`, ['2:1 KEY_DUPLICATE']],
  ['a trigger without condition', `name: x\ntrigger: {}\nsteps:\n  ${task}\n`, ['2:10 KEY_MISSING']],
];

const STEPS: readonly Malformed[] = [
  ['a step that is nothing', withSteps('- null', task), ['3:5 VALUE_TYPE']],
  ['a step that is empty', withSteps('-', task), ['3:4 VALUE_TYPE']],
  ['a step that is a text', withSteps('- plan it'), ['3:5 VALUE_TYPE']],
  ['a step that is a list', withSteps(`- ${task}`), ['3:5 VALUE_TYPE']],
  ['no id', withSteps('- {type: persona-request, persona: planner}'), ['3:5 KEY_MISSING']],
  ['no type', withSteps('- {id: a, persona: planner}'), ['3:5 KEY_MISSING']],
  ['no persona', withSteps('- {id: a, type: persona-request}'), ['3:5 KEY_MISSING']],
  ['a number as an id', withSteps('- {id: 7, type: persona-request, persona: planner}'), ['3:10 VALUE_TYPE']],
  ['an id with a space', withSteps('- {id: a b, type: persona-request, persona: planner}'), ['3:10 ID_INVALID']],
  ['an id that climbs to the prototype', withSteps('- {id: constructor, type: persona-request, persona: planner}'), ['3:10 ID_INVALID']],
  ['an id with a slash', withSteps('- {id: a/b, type: persona-request, persona: planner}'), ['3:10 ID_INVALID']],
  ['an unknown type', withSteps('- {id: a, type: persona_request, persona: planner}'), ['3:19 STEP_TYPE_UNKNOWN']],
  ['a type nobody registered', withSteps('- {id: a, type: launch-rocket}'), ['3:19 STEP_TYPE_UNKNOWN']],
  ['a type that is a number', withSteps('- {id: a, type: 5}'), ['3:19 VALUE_TYPE']],
  ['an unknown persona', withSteps('- {id: a, type: persona-request, persona: planer}'), ['3:45 PERSONA_UNKNOWN']],
  ['an unknown key', withKey('dependancies: [b]'), ['6:5 KEY_UNKNOWN']],
  ['a key of another type', withKey('wait_for: any'), ['6:5 KEY_UNKNOWN']],
  ['a misspelt key where keys are open', withSteps('- {id: a, type: deploy, dependancies: [b]}'), ['3:27 KEY_UNKNOWN']],
  ['params that are a list', withKey('params: [1, 2]'), ['6:13 VALUE_TYPE']],
  ['params that are nothing', withKey('params:'), ['6:12 VALUE_TYPE']],
  ['a condition that is a list', withKey('condition: [true]'), ['6:16 VALUE_TYPE']],
  ['a dependency that does not say on what', withKey('dependencies: {b: 1}'), ['6:19 KEY_MISSING', '6:20 KEY_UNKNOWN']],
  ['a dependency that is a number', withKey('dependencies: [1]'), ['6:20 VALUE_TYPE']],
  [
    'both spellings of dependencies',
    withSteps(task, '- {id: b, type: deploy, dependencies: [a], depends_on: [a]}'),
    ['4:46 KEY_DUPLICATE'],
  ],
  ['an empty group', withSteps('- {id: a, type: parallel, steps: []}'), ['3:36 VALUE_RANGE']],
  ['a group without members', withSteps('- {id: a, type: parallel}'), ['3:5 KEY_MISSING']],
  ['an unknown way to wait', withSteps(`- {id: g, type: parallel, wait_for: some, steps: [${task.slice(2)}]}`), ['3:39 VALUE_UNKNOWN']],
  ['a conditional without branches', withSteps('- {id: a, type: conditional, condition: "true"}'), ['3:5 KEY_MISSING']],
  ['a conditional without condition', withSteps(`- {id: c, type: conditional, then_steps: [${task.slice(2)}]}`), ['3:5 KEY_MISSING']],
  ['variables without values', withSteps('- {id: a, type: variables}'), ['3:5 KEY_MISSING']],
  ['a signal without a name', withSteps('- {id: a, type: wait-for-signal}'), ['3:5 KEY_MISSING']],
  ['a git operation without operation', withSteps('- {id: a, type: git-operation, branch: main}'), ['3:5 KEY_MISSING']],
  ['a nested workflow without a name', withSteps('- {id: a, type: workflow}'), ['3:5 KEY_MISSING']],
  ['a nested workflow that is not there', withSteps('- {id: a, type: workflow, workflow: nowhere}'), ['3:39 WORKFLOW_UNKNOWN']],
];

const TIMES: readonly Malformed[] = [
  ['a duration with an unknown unit', withKey('timeout: 30min'), ['6:14 DURATION_INVALID']],
  ['a duration in words', withKey('timeout: half an hour'), ['6:14 DURATION_INVALID']],
  ['units in the wrong order', withKey('timeout: 30m1h'), ['6:14 DURATION_INVALID']],
  ['a duration of more than a hundred years', withKey('timeout: 40000d'), ['6:14 DURATION_INVALID']],
  ['a timeout of nothing', withKey('timeout: 0'), ['6:14 VALUE_RANGE']],
  ['a timeout of nothing, as text', withKey('timeout: 0s'), ['6:14 VALUE_RANGE']],
  ['a negative timeout', withKey('timeout: -5'), ['6:14 VALUE_RANGE']],
  ['a timeout that is a truth value', withKey('timeout: true'), ['6:14 VALUE_TYPE']],
  ['two timeouts', withKey('timeout: 5\n  timeout_ms: 5000'), ['7:5 KEY_DUPLICATE']],
  ['seconds that look like milliseconds', withKey('timeout: 300000'), ['6:14 UNIT_SUSPICIOUS']],
  ['milliseconds that look like seconds', withKey('timeout_ms: 30'), ['6:17 UNIT_SUSPICIOUS']],
  ['negative retries', withKey('retries: -1'), ['6:14 VALUE_RANGE']],
  ['half a retry', withKey('retries: 1.5'), ['6:14 VALUE_TYPE']],
  ['a million retries', withKey('retries: 1000000'), ['6:14 VALUE_RANGE']],
  ['retries in words', withKey('retries: twice'), ['6:14 VALUE_TYPE']],
  ['retries without max', withKey('retries: {strategy: fixed}'), ['6:14 KEY_MISSING']],
  ['an unknown retry strategy', withKey('retries: {max: 2, strategy: linear}'), ['6:33 VALUE_UNKNOWN']],
  ['a factor with a fixed strategy', withKey('retries: {max: 2, strategy: fixed, factor: 3}'), ['6:40 KEY_UNKNOWN']],
  ['a delay that is no duration', withKey('retries: {max: 2, delay: soon}'), ['6:30 DURATION_INVALID']],
  ['too much jitter', withKey('retries: {max: 2, jitter: 2}'), ['6:31 VALUE_RANGE']],
];

const TEXTS: readonly Malformed[] = [
  ['a condition that breaks off', withKey('condition: "context.state.get("'), ['6:35 EXPRESSION_INVALID']],
  ['a condition with an assignment', withKey("condition: task.type = 'hotfix'"), ['6:16 EXPRESSION_INVALID']],
  ['an empty condition', withKey('condition: ""'), ['6:16 VALUE_RANGE']],
  ['a condition that calls what is not there', withKey('condition: "process.exit()"'), ['6:25 EXPRESSION_INVALID']],
  ['a template that is not closed', withKey('params: {branch: "x-{{task.id"}'), ['6:25 TEMPLATE_INVALID']],
  ['a template that is no expression', withKey('params: {branch: "{{task.}}"}'), ['6:30 TEMPLATE_INVALID']],
  ['a template that climbs to the constructor', withKey('params: {x: "{{task.constructor}}"}'), ['6:25 TEMPLATE_INVALID']],
  ['an unknown step in a template', withSteps(task, '- {id: b, type: deploy, params: {x: "{{steps[\'aa\'].y}}"}}'), ['4:49 NAME_UNKNOWN']],
  ['an unknown step in a condition', withKey('condition: steps.plan.ok'), ['6:22 NAME_UNKNOWN']],
  ['a step read before it has ended', withSteps(task, '- {id: b, type: deploy, params: {x: "{{steps.a}}"}}'), ['4:48 NAME_UNORDERED']],
  ['a misspelt root', withKey('params: {x: "{{varables.y}}"}'), ['6:20 NAME_UNKNOWN']],
  [
    'a step named as if it were a variable',
    withSteps(task, '- {id: b, type: deploy, depends_on: a, condition: a.ok}'),
    ['4:53 NAME_UNKNOWN'],
  ],
  [
    'a misspelt variable',
    `name: x\nvariables: {branch: main}\nsteps:\n  - {id: a, type: deploy, to: "{{variables.brnch}}"}\n`,
    ['4:44 NAME_UNKNOWN'],
  ],
];

describe('a workflow with a mistake', () => {
  it.each([...KEYS, ...STEPS, ...TIMES, ...TEXTS])('%s is reported where it stands', (_what, text, problems) => {
    expect(diagnosed(text, KNOWN)).toEqual(problems);
  });

  it('only what is about the surroundings, and what is only a warning, leaves a workflow to run', () => {
    for (const [, text] of [...KEYS, ...STEPS, ...TIMES, ...TEXTS]) {
      const { workflow, diagnostics } = loadWorkflowSync(text, { ...KNOWN, text: true });
      const harmless = diagnostics.every(
        ({ severity, code }) => severity === 'warning' || code === 'STEP_TYPE_UNKNOWN' || code === 'PERSONA_UNKNOWN',
      );
      expect(workflow !== null).toBe(harmless);
    }
  });
});
