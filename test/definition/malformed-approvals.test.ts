import { describe, expect, it } from 'vitest';
import { diagnosed } from './diagnosed.ts';

const step = (terms: string) => `name: w
steps:
  - { id: ask, type: approval, ${terms} }
`;

describe('an approval that cannot be meant', () => {
  it.each([
    ['it asks nothing', 'assignee: ann', '3:5', 'FORM_MISSING'],
    ['values without a form', 'subject: Ok?, values: { n: 1 }', '3:46', 'FORM_MISSING'],
    ['values that the form does not take', 'form: { type: number }, values: x', '3:64', 'VALUE_TYPE'],
    ['a form that cannot be read', 'form: { type: numbr }', '3:38', 'SCHEMA_INVALID'],
    ['silence without a timeout', 'subject: Ok?, on_timeout: approve', '3:46', 'DECLARATION_CONFLICT'],
    ['silence that would approve nothing', 'form: number, timeout: 1h, on_timeout: approve', '3:71', 'DECLARATION_CONFLICT'],
    ['due after its time', 'subject: Ok?, due: 2h, timeout: 1h', '3:46', 'DECLARATION_CONFLICT'],
    ['somebody who is never asked', 'subject: Ok?, timeout: 2h, escalate: [{ to: b, after: 3h }]', '3:70', 'DECLARATION_CONFLICT'],
    ['more approvals than people', 'subject: Ok?, assignee: [a, b], quorum: 3', '3:72', 'QUORUM_IMPOSSIBLE'],
    ['somebody twice', 'subject: Ok?, assignee: [a, a]', '3:60', 'KEY_DUPLICATE'],
    ['reminders without a pause', 'subject: Ok?, remind: 0', '3:54', 'VALUE_RANGE'],
    ['a quorum of nobody', 'subject: Ok?, quorum: 0', '3:54', 'VALUE_RANGE'],
    ['an end that is none', 'subject: Ok?, timeout: 1h, on_timeout: hope', '3:71', 'VALUE_UNKNOWN'],
    ['a name that is not there', 'subject: "Ok, {{ steps.nobody.x }}?"', '3:55', 'NAME_UNKNOWN'],
  ])('%s', (_, terms, place, code) => {
    expect(diagnosed(step(terms))).toEqual([`${place} ${code}`]);
  });

  it('says nothing of one that is as it should be', () => {
    expect(diagnosed(step('subject: Ok?, assignee: "{{ variables.people }}", quorum: 3, delegate: false, remind: 1h'))).toEqual([]);
  });
});
