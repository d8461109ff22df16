import { describe, expect, it } from 'vitest';
import type { CoordinationMessage } from '../../src/protocol/coordination.ts';
import { deliverMessages, expireRequest, givenSoFar, syncSettled } from '../../src/runtime/message-delivery.ts';
import { exchangeEnded } from '../../src/runtime/message-receivers.ts';
import { aPost } from './post.ts';

const refused = (code: string) => ({ error: expect.objectContaining({ code }) });

describe('a message', () => {
  it('is delivered at the end of the delivery in which both it and an attempt of its receiver are there', () => {
    const post = aPost(['a', 'b']);
    post.begin('a');
    post.say('a', 'b');
    expect(post.deliver()).toEqual([]);
    post.begin('b');
    expect(post.deliver()).toEqual(['b#1 ← a#1:1']);
    post.say('a', 'b');
    expect(post.deliver()).toEqual(['b#1 ← a#1:2']);
    expect(post.deliver()).toEqual([]);
  });

  it('is given to every attempt of its receiver until the step has settled, answers only to the one that asked', () => {
    const post = aPost(['a', 'b']);
    post.begin('a');
    post.begin('b');
    post.say('a', 'b', { body: 'first' });
    const question = post.say('b', 'a', { kind: 'query' });
    expect(post.deliver()).toEqual(['b#1 ← a#1:1', 'a#1 ← b#1:1']);
    post.say('a', 'b', { kind: 'response', inReplyTo: question.id });
    expect(post.deliver()).toEqual(['b#1 ← a#1:2']);
    post.end('b');
    post.say('a', 'b', { body: 'second' });
    post.begin('b', 2);
    expect(post.deliver()).toEqual(['b#2 ← a#1:1', 'b#2 ← a#1:3']);
    post.settle('b');
    expect(post.state.exchange.deadLetters).toEqual([]);
  });

  it('to a persona goes to everybody at work that plays it, the sender aside, else to the next one that does', () => {
    const post = aPost(['a', 'b', 'c', 'd']);
    post.begin('a', 1, 'reviewer');
    post.begin('b', 1, 'reviewer');
    post.begin('c', 1, 'reviewer');
    post.say('a', 'persona:reviewer');
    expect(post.deliver()).toEqual(['b#1 ← a#1:1', 'c#1 ← a#1:1']);
    post.say('a', 'persona:tester');
    expect(post.deliver()).toEqual([]);
    post.begin('d', 3, 'tester');
    expect(post.deliver()).toEqual(['d#3 ← a#1:2']);
  });

  it('names a step of its own workflow, or of one around it', () => {
    const post = aPost(['out/in/a', 'out/in/b', 'out/b', 'out/c', 'd']);
    for (const path of ['out/in/a', 'out/in/b', 'out/b', 'out/c', 'd']) post.begin(path);
    for (const to of ['b', 'c', 'd', 'out/b']) post.say('out/in/a', to);
    expect(post.deliver().map((line) => line.split(' ')[0])).toEqual(['out/in/b#1', 'out/c#1', 'd#1', 'out/b#1']);
  });

  it.each<[string, string]>([
    ['nowhere', 'there is no step nowhere'],
    ['gate', 'gate takes no messages'],
    ['b', 'b has ended'],
  ])('to %s is refused, and is a dead letter', (to, why) => {
    const post = aPost(['a', 'b'], { gate: { kind: 'other' } });
    post.begin('a');
    post.settle('b');
    const message = post.say('a', to);
    expect(post.deliver()).toEqual(['a#1 ← a#1:1:refusal']);
    expect(post.bodies()).toEqual([
      { error: expect.objectContaining({ code: 'RECEIVER_UNKNOWN', message: expect.stringContaining(why) }) },
    ]);
    expect(post.state.exchange.deadLetters).toEqual([{ message, reason: expect.stringContaining(why), at: 7 }]);
  });

  it('that nobody was ever given is a dead letter when its receiver settles, or the run ends', () => {
    const post = aPost(['a', 'b', 'c']);
    post.begin('a');
    post.say('a', 'b', { body: 'skipped' });
    post.say('a', 'c', { body: 'never begun' });
    post.say('a', 'persona:ghost', { body: 'never there' });
    post.settle('b');
    exchangeEnded(post.state);
    expect(post.state.exchange.deadLetters.map(({ message }) => message.body)).toEqual(['skipped', 'never begun', 'never there']);
  });

  it('of an attempt that is over is late; from outside it counts whenever it comes', () => {
    const post = aPost(['a', 'b']);
    post.begin('a', 2);
    post.begin('b');
    const message: CoordinationMessage = { ...post.say('a', 'b'), id: 'a#1:1' };
    post.deliver();
    expect(post.take(message)).toBe('late');
    post.settle('a');
    expect(post.take({ ...message, id: 'a#2:9' })).toBe('late');
    expect(post.deliver()).toEqual([]);
    expect(post.take({ ...message, id: 'outside:0.1', from: 'outside' })).toBe('taken');
    expect(post.deliver()).toEqual(['b#1 ← outside:0.1']);
  });
});

describe('a question', () => {
  it('is answered once: the first answer of whoever was asked counts', () => {
    const post = aPost(['a', 'b', 'c']);
    for (const path of ['a', 'b', 'c']) post.begin(path);
    const question = post.say('a', 'b', { kind: 'query', deadlineMs: 50 });
    expect(post.deliver()).toEqual(['b#1 ← a#1:1']);
    const answer = { kind: 'response', inReplyTo: question.id } as const;
    post.say('c', 'a', answer);
    expect(post.deliver()).toEqual([]);
    post.say('b', 'a', { ...answer, body: 'yes' });
    expect([post.deliver(), post.bodies()]).toEqual([['a#1 ← b#1:1'], ['yes']]);
    const late = post.say('b', 'a', { ...answer, body: 'no' });
    expect(post.take({ ...late, id: 'b#1:9' })).toBe('late');
    expireRequest(post.state, question.id);
    expect(post.deliver()).toEqual([]);
    expect(post.told).toEqual(['asked a#1:1 50', 'closed a#1:1 b#1:1']);
  });

  it('whose deadline has passed is refused, and a late answer is never delivered', () => {
    const post = aPost(['a', 'b']);
    post.begin('a');
    post.begin('b');
    const question = post.say('a', 'b', { kind: 'query', deadlineMs: 50 });
    post.deliver();
    expireRequest(post.state, question.id);
    expect([post.deliver(), post.bodies()]).toEqual([['a#1 ← a#1:1:refusal'], [refused('REQUEST_TIMED_OUT')]]);
    post.say('b', 'a', { kind: 'response', inReplyTo: question.id });
    expireRequest(post.state, question.id);
    expect(post.deliver()).toEqual([]);
  });

  it('is asked of the next attempt, and refused at once when the last one who has it settles without an answer', () => {
    const post = aPost(['a', 'b', 'c']);
    post.begin('a');
    post.begin('b', 1, 'tester');
    post.begin('c', 1, 'tester');
    const question = post.say('a', 'persona:tester', { kind: 'query' });
    expect(post.deliver()).toHaveLength(2);
    post.end('b');
    post.begin('b', 2, 'tester');
    expect(post.deliver()).toEqual(['b#2 ← a#1:1']);
    post.settle('b');
    expect(post.deliver()).toEqual([]);
    post.settle('c');
    expect([post.deliver(), post.bodies()]).toEqual([['a#1 ← a#1:1:refusal'], [refused('RECEIVER_UNKNOWN')]]);
    expect(post.told).toEqual([`asked ${question.id} 30000`, `closed ${question.id} null`]);
  });

  it('of an attempt that is over is withdrawn, also where nobody has been given it', () => {
    const post = aPost(['a', 'b']);
    post.begin('a');
    const question = post.say('a', 'b', { kind: 'query' });
    post.end('a');
    post.begin('b');
    expect(post.deliver()).toEqual([]);
    expect(post.told).toEqual([`asked ${question.id} 30000`, `closed ${question.id} null`]);
    expect(post.state.exchange.deadLetters).toEqual([]);
  });
});

describe('a sync point', () => {
  const gate = { gate: { kind: 'sync' } } as const;

  it('is told of who comes to it at work; they are told its output, or why it failed, when it is over', () => {
    const post = aPost(['a', 'b', 'c'], gate);
    for (const path of ['a', 'b', 'c']) {
      post.begin(path);
      post.say(path, 'gate', { kind: 'sync' });
    }
    expect(post.deliver()).toEqual([]);
    post.end('b');
    syncSettled(post.state, 'gate', { n: 3 }, null);
    expect([post.deliver(), post.bodies()]).toEqual([
      ['a#1 ← a#1:1:answer', 'c#1 ← c#1:1:answer'],
      [{ n: 3 }, { n: 3 }],
    ]);
    post.say('a', 'gate', { kind: 'sync' });
    syncSettled(post.state, 'gate', null, { code: 'SYNC_TIMED_OUT', message: 'too late' });
    expect([post.deliver(), post.bodies()]).toEqual([['a#1 ← a#1:2:refusal'], [refused('SYNC_TIMED_OUT')]]);
  });

  it('that is over answers at once; one that is not there, or of others, refuses', () => {
    const post = aPost(['a', 'b'], { ...gate, done: { kind: 'synced', output: 'met', error: null } }, ['b']);
    post.begin('a');
    for (const to of ['done', 'gate', 'b', 'nowhere']) post.say('a', to, { kind: 'sync' });
    post.deliver();
    expect(post.bodies()).toEqual(['met', ...Array.from({ length: 3 }, () => refused('RECEIVER_UNKNOWN'))]);
    syncSettled(post.state, 'gate', null, null);
    expect(post.deliver()).toEqual([]);
  });
});

describe('after a crash', () => {
  it('attempts are given again what they had been given, and what they say again is taken in once', () => {
    const post = aPost(['a', 'b']);
    post.begin('a');
    post.begin('b');
    const said = [post.say('a', 'b', { body: 1 }), post.say('a', 'b', { kind: 'query', body: 2 })];
    post.deliver();
    const answer = post.say('b', 'a', { kind: 'response', inReplyTo: 'a#1:2', body: 3 });
    post.deliver();
    expect(givenSoFar(post.state.exchange).map(({ step, attempt, message }) => [step, attempt, message.id])).toEqual([
      ['a', 1, answer.id],
      ['b', 1, 'a#1:1'],
      ['b', 1, 'a#1:2'],
    ]);
    expect([...said, answer].map((message) => post.take(message))).toEqual(['repeated', 'repeated', 'repeated']);
    expect(post.deliver()).toEqual([]);
  });

  it('an attempt that says something else under the same id has changed its mind: the new question counts', () => {
    const post = aPost(['a', 'b']);
    post.begin('a');
    post.begin('b');
    const question = post.say('a', 'b', { kind: 'query', body: 'old' });
    expect(post.take({ ...question, body: 'new' })).toBe('taken');
    deliverMessages(post.state);
    expect(post.bodies()).toEqual(['new']);
    expect(post.told).toEqual(['asked a#1:1 30000', 'closed a#1:1 null', 'asked a#1:1 30000']);
  });
});
