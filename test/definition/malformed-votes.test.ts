import { describe, expect, it } from 'vitest';
import { diagnosed, type Malformed, withSteps } from './diagnosed.ts';

/** The surroundings of every file here. */
const KNOWN = { personas: ['planner', 'reviewer', 'tester'], stepTypes: ['deploy'] };

const task = '- {id: a, type: persona-request, persona: planner}';
const member = (id: string) => `{id: ${id}, type: deploy}`;
const vote = (more: string) => withSteps(`- {id: v, type: vote, ${more}}`);
const map = (more: string, steps = `[${member('x')}]`) => withSteps(task, `- {id: m, type: map, steps: ${steps}, ${more}}`);

const VOTES: readonly Malformed[] = [
  ['a vote of nobody', vote('params: {x: 1}'), ['3:5 KEY_MISSING', '3:5 KEY_MISSING']],
  ['a vote of a persona that does not say how many', vote('persona: planner'), ['3:5 KEY_MISSING']],
  ['a vote of one', vote('persona: planner, voters: 1'), ['3:51 VALUE_RANGE']],
  ['a vote of half a voter', vote('persona: planner, voters: 2.5'), ['3:51 VALUE_RANGE']],
  ['a vote of one persona', vote('personas: [planner]'), ['3:35 VALUE_RANGE']],
  ['a vote of personas in one text', vote('personas: p'), ['3:35 VALUE_TYPE']],
  ['a vote that names its voters twice', vote('personas: [planner, tester], voters: 2'), ['3:54 DECLARATION_CONFLICT']],
  ['a vote of an unknown persona', vote('personas: [planner, planer]'), ['3:45 PERSONA_UNKNOWN']],
  ['a vote that writes', vote('persona: planner, voters: 3, writes: [style]'), ['3:54 DECLARATION_CONFLICT']],
  ['a vote that stores', vote('persona: planner, voters: 3, store: {shared.style: .}'), ['3:54 KEY_UNKNOWN']],
  ['an unknown rule', vote('persona: planner, voters: 3, rule: most'), ['3:60 VALUE_UNKNOWN']],
  ['weights under another rule', vote('personas: [planner, tester], weights: {planner: 2}'), ['3:54 DECLARATION_CONFLICT']],
  [
    'weights and scores',
    vote('personas: [planner, tester], rule: weighted, weights: {planner: 2}, score: s'),
    ['3:93 DECLARATION_CONFLICT'],
  ],
  ['a weighted vote without weights', vote('personas: [planner, tester], rule: weighted'), ['3:60 KEY_MISSING']],
  ['a weight for who does not vote', vote('personas: [planner, tester], rule: weighted, weights: {planer: 2}'), ['3:80 NAME_UNKNOWN']],
  ['a weight of nothing', vote('personas: [planner, tester], rule: weighted, weights: {planner: 0}'), ['3:89 VALUE_RANGE']],
  ['a judged vote without a judge', vote('persona: planner, voters: 3, rule: judged'), ['3:60 KEY_MISSING']],
  ['a judge that nobody plays', vote('persona: planner, voters: 3, judge: planer'), ['3:61 PERSONA_UNKNOWN']],
  ['a judge that is nobody', vote('persona: planner, voters: 3, judge: {params: {x: 1}}'), ['3:61 KEY_MISSING']],
  ['a judge of a type that is no task', vote('persona: planner, voters: 3, judge: {type: vote}'), ['3:68 VALUE_UNKNOWN']],
  ['more answers than voters', vote('persona: planner, voters: 3, quorum: 4'), ['3:62 QUORUM_IMPOSSIBLE']],
  ['a choice that is no path', vote('persona: planner, voters: 3, choice: "a b"'), ['3:62 VALUE_UNKNOWN']],
  ['an escalation that is no duration', vote('persona: planner, voters: 3, escalate: {timeout: soon}'), ['3:74 DURATION_INVALID']],
  [
    'a step with the id of a voter',
    withSteps('- {id: v, type: vote, persona: planner, voters: 2}', '- {id: v.2, type: deploy}'),
    ['4:10 STEP_DUPLICATE_ID'],
  ],
  [
    'a step with the id of a judge',
    withSteps('- {id: v.judge, type: deploy}', '- {id: v, type: vote, persona: planner, voters: 2, judge: tester}'),
    ['4:10 STEP_DUPLICATE_ID'],
  ],
  [
    'a vote twice',
    withSteps('- {id: v, type: vote, persona: planner, voters: 2}', '- {id: v, type: vote, persona: planner, voters: 2}'),
    ['4:10 STEP_DUPLICATE_ID'],
  ],
];

const MAPS: readonly Malformed[] = [
  ['a map over nothing', map('as: file'), ['4:5 KEY_MISSING']],
  ['a map without steps', withSteps('- {id: m, type: map, over: "[1]"}'), ['3:5 KEY_MISSING']],
  ['a map over a text with a template in it', map('over: "a {{ steps.a }}"'), ['4:62 TEMPLATE_INVALID', '4:63 NAME_UNORDERED']],
  ['a map over a template that is not closed', map('over: "{{ steps.a"'), ['4:63 TEMPLATE_INVALID']],
  ['a map over what is no expression', map('over: "steps.a ="'), ['4:72 EXPRESSION_INVALID']],
  ['a map over an unknown step', map('over: steps.aa.files, dependencies: a'), ['4:68 NAME_UNKNOWN']],
  ['a map over what need not be there', map('over: steps.a.files'), ['4:68 NAME_UNORDERED']],
  ['an item with a reserved name', map('over: "[1]", as: input'), ['4:73 VALUE_UNKNOWN']],
  ['an item called index', map('over: "[1]", as: index'), ['4:73 VALUE_UNKNOWN']],
  ['an item with a name of two words', map('over: "[1]", as: the file'), ['4:73 VALUE_UNKNOWN']],
  ['a body that depends on a step outside', map('over: "[1]"', '[{id: x, type: deploy, dependencies: [a]}]'), ['4:69 DEPENDENCY_UNKNOWN']],
  ['a body with an id twice', map('over: "[1]"', `[${member('x')}, ${member('x')}]`), ['4:60 STEP_DUPLICATE_ID']],
  [
    'a body in a circle',
    map('over: "[1]"', '[{id: x, type: deploy, dependencies: [y]}, {id: y, type: deploy, dependencies: [x]}]'),
    ['4:69 DEPENDENCY_CYCLE'],
  ],
  [
    'a body that reads an unknown step',
    map('over: "[1]", dependencies: a', '[{id: x, type: deploy, y: "{{ steps.b }}"}]'),
    ['4:67 NAME_UNKNOWN'],
  ],
  [
    'a body that reads a step that need not have ended',
    map('over: "[1]"', '[{id: x, type: deploy, y: "{{ steps.a }}"}]'),
    ['4:67 NAME_UNORDERED'],
  ],
  [
    'a dependency on the body of a map',
    withSteps(`- {id: m, type: map, over: "[1]", steps: [${member('x')}]}`, '- {id: b, type: deploy, dependencies: [x]}'),
    ['4:42 DEPENDENCY_UNKNOWN'],
  ],
  [
    'an output of the body read outside',
    withSteps(
      `- {id: m, type: map, over: "[1]", steps: [${member('inner')}]}`,
      '- {id: b, type: deploy, dependencies: [m], y: "{{ steps.inner }}"}',
    ),
    ['4:59 NAME_UNKNOWN'],
  ],
  ['outputs of a body with an unknown step', map('over: "[1]", outputs: {y: "{{ steps.xx }}"}'), ['4:92 NAME_UNKNOWN']],
  ['a map over a number', map('over: "3"'), ['4:62 VALUE_TYPE']],
  ['nobody tolerated at once', map('over: "[1]", max_concurrent: 0'), ['4:85 VALUE_RANGE']],
  ['a negative tolerance', map('over: "[1]", tolerate: -1'), ['4:79 VALUE_RANGE']],
  ['half a failure', map('over: "[1]", tolerate: 0.5'), ['4:79 VALUE_RANGE']],
  ['a tolerance in words', map('over: "[1]", tolerate: some'), ['4:79 VALUE_UNKNOWN']],
  ['a tolerance beyond all', map('over: "[1]", tolerate: 120%'), ['4:79 VALUE_RANGE']],
  ['a tolerance of nothing in particular', map('over: "[1]", tolerate: {}'), ['4:79 KEY_MISSING']],
  ['a tolerance in two ways', map('over: "[1]", tolerate: {count: 1, share: 0.1}'), ['4:90 DECLARATION_CONFLICT']],
];

describe('votes that could not be counted, and maps that could not be gone over', () => {
  it.each([...VOTES, ...MAPS])('%s is reported where it stands', (_what, text, problems) => {
    expect(diagnosed(text, KNOWN)).toEqual(problems);
  });

  it('voters count as steps: a short file cannot ask for millions', () => {
    const votes = Array.from({ length: 60 }, (_, at) => `- {id: v${at}, type: vote, persona: planner, voters: 1000}`);
    expect(new Set(diagnosed(withSteps(...votes), KNOWN).map((problem) => problem.split(' ')[1]))).toEqual(new Set(['WORKFLOW_TOO_LARGE']));
  });
});
