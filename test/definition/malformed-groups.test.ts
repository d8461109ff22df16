import { describe, expect, it } from 'vitest';
import { loadWorkflowSync } from '../../src/definition/load-workflow.ts';
import { diagnosed, type Malformed, withSteps } from './diagnosed.ts';

/** The surroundings of every file here. */
const KNOWN = { personas: ['planner', 'reviewer', 'tester'], stepTypes: ['deploy'] };

const task = '- {id: a, type: persona-request, persona: planner}';
const member = (id: string) => `{id: ${id}, type: deploy}`;
const group = (more: string, type = 'parallel') =>
  withSteps(`- {id: g, type: ${type}, steps: [${member('x')}, ${member('y')}, ${member('z')}], ${more}}`);
const sync = (more: string) => withSteps(task, `- {id: s, type: sync-point, ${more}}`);

const GROUPS: readonly Malformed[] = [
  ['a quorum larger than the group', group('wait_for: quorum, quorum: 4'), ['3:133 QUORUM_IMPOSSIBLE']],
  ['a quorum of nobody', group('wait_for: quorum, quorum: 0'), ['3:133 VALUE_RANGE']],
  ['a negative quorum', group('wait_for: quorum, quorum: -1'), ['3:133 VALUE_RANGE']],
  ['half a quorum', group('wait_for: quorum, quorum: 1.5'), ['3:133 VALUE_RANGE']],
  ['a quorum in words', group('wait_for: quorum, quorum: two'), ['3:133 VALUE_TYPE']],
  ['a quorum that is waited for and not given', group('wait_for: quorum'), ['3:117 KEY_MISSING']],
  ['a quorum that nobody waits for', group('quorum: 2'), ['3:107 DECLARATION_CONFLICT']],
  ['a quorum where a majority is waited for', group('wait_for: majority, quorum: 2'), ['3:127 DECLARATION_CONFLICT']],
  ['a deadline that is waited for and not given', group('wait_for: deadline'), ['3:117 KEY_MISSING']],
  ['a deadline that nobody waits for', group('deadline: 5m'), ['3:107 DECLARATION_CONFLICT']],
  ['a deadline that is no duration', group('wait_for: deadline, deadline: soon'), ['3:137 DURATION_INVALID']],
  ['an unknown way to wait', group('wait_for: most'), ['3:117 VALUE_UNKNOWN']],
  ['an unknown failure policy of a group', group('on_failure: failfast'), ['3:119 VALUE_UNKNOWN']],
  ['a failure policy of a gate in a group', group('on_failure: rework'), ['3:119 VALUE_UNKNOWN']],
  ['a failure policy of a group on a task', withSteps('- {id: a, type: deploy, on_failure: settle}'), ['3:39 VALUE_UNKNOWN']],
  [
    'a failure policy of a group on a map',
    withSteps(`- {id: m, type: map, over: '[1]', steps: [${member('x')}], on_failure: settle}`),
    ['3:81 VALUE_UNKNOWN'],
  ],
  [
    'a tolerance where nothing matters',
    withSteps(`- {id: m, type: map, over: '[1]', steps: [${member('x')}], tolerate: 1, on_failure: best_effort}`),
    ['3:69 DECLARATION_CONFLICT'],
  ],
  ['a fallback of a race', group('wait_for: any, on_failure: fall_back_sequential'), ['3:122 DECLARATION_CONFLICT']],
  [
    'a fallback after the time is over',
    group('wait_for: deadline, deadline: 5m, on_failure: fall_back_sequential'),
    ['3:141 DECLARATION_CONFLICT'],
  ],
  ['a fallback of a sequence', group('on_failure: fall_back_sequential', 'sequence'), ['3:107 DECLARATION_CONFLICT']],
  ['nobody at once', group('max_concurrent: 0'), ['3:123 VALUE_RANGE']],
  ['half a member at once', group('max_concurrent: 2.5'), ['3:123 VALUE_RANGE']],
  ['members of a sequence at once', group('max_concurrent: 2', 'sequence'), ['3:107 KEY_UNKNOWN']],
  ['an unknown rung', group('conflicts: {ladder: [automatic, merge]}'), ['3:139 VALUE_UNKNOWN']],
  ['a ladder without rungs', group('conflicts: {ladder: []}'), ['3:127 VALUE_RANGE']],
  ['a rung twice', group('conflicts: {ladder: [rerun, rerun]}'), ['3:135 KEY_DUPLICATE']],
  ['guidance for nobody', group('conflicts: {guidance: be kind}'), ['3:119 DECLARATION_CONFLICT']],
  ['a way to wait and its number in one', group('wait_for: {quorum: 2}'), ['3:117 VALUE_UNKNOWN']],
  ['guidance by nobody', group('conflicts: {ladder: [guided]}'), ['3:128 DECLARATION_CONFLICT']],
  ['guidance by an unknown persona', group('conflicts: {persona: planer}'), ['3:128 PERSONA_UNKNOWN']],
  ['guidance by what is no task', group('conflicts: {type: map}'), ['3:125 VALUE_UNKNOWN']],
  ['an unknown key of conflicts', group('conflicts: {laddr: [rerun]}'), ['3:119 KEY_UNKNOWN']],
];

const SYNCS: readonly Malformed[] = [
  ['a meeting of nobody', sync('sync: barrier'), ['4:5 KEY_MISSING']],
  ['a meeting of no members', sync('members: []'), ['4:40 VALUE_RANGE']],
  ['a meeting with a stranger', sync('members: [aa]'), ['4:41 MEMBER_UNKNOWN']],
  [
    'a meeting with a member of a group',
    withSteps(`- {id: g, type: parallel, steps: [${member('x')}]}`, '- {id: s, type: sync-point, members: [x]}'),
    ['4:41 MEMBER_UNKNOWN'],
  ],
  [
    'a meeting with a step outside the group',
    withSteps(task, '- {id: g, type: parallel, steps: [{id: s, type: sync-point, members: [a]}]}'),
    ['4:73 MEMBER_UNKNOWN'],
  ],
  ['a meeting with itself', sync('members: [a, s]'), ['4:44 JOIN_IMPOSSIBLE']],
  [
    'a meeting with who waits for it',
    withSteps('- {id: s, type: sync-point, members: [b]}', '- {id: b, type: deploy, dependencies: [s]}'),
    ['3:41 JOIN_IMPOSSIBLE'],
  ],
  [
    'a meeting with who waits for it through others',
    withSteps(
      '- {id: s, type: sync-point, members: [c]}',
      '- {id: b, type: deploy, dependencies: [s]}',
      '- {id: c, type: deploy, dependencies: [b]}',
    ),
    ['3:41 JOIN_IMPOSSIBLE'],
  ],
  [
    'a meeting with who comes later in a sequence',
    withSteps(`- {id: q, type: sequence, steps: [{id: s, type: sync-point, members: [x]}, ${member('x')}]}`),
    ['3:73 JOIN_IMPOSSIBLE'],
  ],
  ['a member named twice', sync('members: [a, a]'), ['4:44 KEY_DUPLICATE']],
  ['an unknown kind of meeting', sync('sync: quality-gate, members: [a]'), ['4:37 VALUE_UNKNOWN']],
  ['a quality gate without a check', sync('sync: quality_gate, members: [a]'), ['4:37 KEY_MISSING']],
  ['a check without a quality gate', sync('members: [a], check: steps.a.ok'), ['4:45 DECLARATION_CONFLICT']],
  ['a check that is no expression', sync('sync: quality_gate, members: [a], check: "steps.a ="'), ['4:82 EXPRESSION_INVALID']],
  ['a check of an unknown step', sync('sync: quality_gate, members: [a], check: steps.aa.ok'), ['4:78 NAME_UNKNOWN']],
  ['a kind of sync point that is not there', sync('sync: quality_gat, members: [a], check: steps.a.ok'), ['4:37 VALUE_UNKNOWN']],
  ['a checkpoint without a threshold', sync('sync: progress_checkpoint, members: [a]'), ['4:37 KEY_MISSING']],
  ['a threshold without a checkpoint', sync('members: [a], threshold: 50'), ['4:45 DECLARATION_CONFLICT']],
  ['a threshold of nothing', sync('sync: progress_checkpoint, members: [a], threshold: 0'), ['4:83 VALUE_RANGE']],
  ['a threshold beyond all', sync('sync: progress_checkpoint, members: [a], threshold: 101'), ['4:83 VALUE_RANGE']],
  [
    'an output read at a checkpoint',
    withSteps(
      task,
      '- {id: s, type: sync-point, sync: progress_checkpoint, members: [a], threshold: 50}',
      '- {id: b, type: deploy, dependencies: [s], x: "{{steps.a}}"}',
    ),
    ['5:58 NAME_UNORDERED'],
  ],
];

describe('members that could not meet', () => {
  it.each([...GROUPS, ...SYNCS])('%s is reported where it stands', (_what, text, problems) => {
    expect(diagnosed(text, KNOWN)).toEqual(problems);
  });
});

it('a way to wait and its number in one are told apart by the hint', () => {
  const { diagnostics } = loadWorkflowSync(group('wait_for: {quorum: 2}'), KNOWN);
  expect(diagnostics.map(({ hint }) => hint)).toEqual(['write wait_for: quorum and quorum: 2']);
});
