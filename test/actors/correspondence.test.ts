import { describe, expect, it } from 'vitest';
import { Correspondence } from '../../src/actors/dispatch/correspondence.ts';
import type { CoordinationMessage } from '../../src/protocol/coordination.ts';
import { refusal, runAnswer } from '../../src/protocol/run-answer.ts';
import { aTask, settled } from './work.ts';

function aCorrespondence() {
  const said: CoordinationMessage[] = [];
  return { said, talk: new Correspondence(aTask({ step: 'build', attempt: 2 }), (message) => said.push(message)) };
}

/** The n-th thing that was said. */
const nth = (said: readonly CoordinationMessage[], n: number): CoordinationMessage => {
  const message = said[n];
  if (message === undefined) throw new Error(`nothing was said for the ${n}. time`);
  return message;
};

function from(sender: string, more: Partial<CoordinationMessage> = {}): CoordinationMessage {
  return {
    id: `${sender}#1:1`,
    kind: 'notify',
    from: sender,
    to: 'build',
    priority: 'medium',
    body: null,
    inReplyTo: null,
    deadlineMs: null,
    ...more,
  };
}

const answerTo = (question: CoordinationMessage, body: CoordinationMessage['body']): CoordinationMessage =>
  from('review', { kind: 'response', inReplyTo: question.id, body });

describe('what an attempt says', () => {
  it('is numbered by attempt, whatever its kind', () => {
    const { said, talk } = aCorrespondence();
    talk.send('review', { n: 1 }, { priority: 'high' });
    void talk.ask('persona:tester', 'green?', { deadlineMs: 5 });
    void talk.arrive('gate');
    talk.answer(from('review', { kind: 'query', id: 'review#1:7', priority: 'critical' }), 'yes');
    expect(said).toEqual([
      { id: 'build#2:1', kind: 'notify', from: 'build', to: 'review', priority: 'high', body: { n: 1 }, inReplyTo: null, deadlineMs: null },
      {
        id: 'build#2:2',
        kind: 'query',
        from: 'build',
        to: 'persona:tester',
        priority: 'medium',
        body: 'green?',
        inReplyTo: null,
        deadlineMs: 5,
      },
      { id: 'build#2:3', kind: 'sync', from: 'build', to: 'gate', priority: 'medium', body: null, inReplyTo: null, deadlineMs: null },
      {
        id: 'build#2:4',
        kind: 'response',
        from: 'build',
        to: 'review',
        priority: 'critical',
        body: 'yes',
        inReplyTo: 'review#1:7',
        deadlineMs: null,
      },
    ]);
  });

  it('is a copy of plain JSON, or refused with its path before anything is said', async () => {
    const { said, talk } = aCorrespondence();
    const body = { list: [1] };
    talk.send('review', body);
    body.list.push(2);
    expect(nth(said, 0).body).toEqual({ list: [1] });
    expect(() => talk.send('review', { at: new Date() } as never)).toThrow(/body\.at/);
    await expect(talk.ask('review', Number.NaN)).rejects.toMatchObject({ code: 'AGENT_OUTPUT_INVALID' });
    await expect(talk.ask('', 1)).rejects.toMatchObject({ code: 'AGENT_OUTPUT_INVALID' });
    await expect(talk.ask('review', 1, { deadlineMs: 0 })).rejects.toMatchObject({ code: 'AGENT_OUTPUT_INVALID' });
    expect(() => talk.send('review', 1, { priority: 'urgent' as never })).toThrow(/"urgent" is no priority/);
    expect(() => talk.answer(from('review'), 1)).toThrow(/notify cannot be answered/);
    for (const no of [undefined, { id: 'x' }, 'question']) {
      expect(() => talk.answer(no as never, 1)).toThrow(expect.objectContaining({ code: 'AGENT_OUTPUT_INVALID' }));
    }
    expect(said).toHaveLength(1);
  });

  it('is nothing once the attempt is over', async () => {
    const { said, talk } = aCorrespondence();
    talk.end();
    talk.send('review', 1);
    await expect(talk.ask('review', 1)).rejects.toMatchObject({ code: 'TASK_CANCELLED' });
    expect(said).toEqual([]);
  });
});

describe('an answer', () => {
  it('comes to the question it replies to, once', async () => {
    const { said, talk } = aCorrespondence();
    const [one, two] = [talk.ask('review', 1), talk.ask('review', 2)];
    talk.receive(answerTo(nth(said, 1), 'two'));
    talk.receive(from('review', { id: 'review#1:2', kind: 'response', inReplyTo: nth(said, 1).id, body: 'late' }));
    talk.receive(from('review', { id: 'review#1:3', kind: 'response', inReplyTo: nth(said, 0).id, body: 'one' }));
    expect([await one, await two]).toEqual(['one', 'two']);
  });

  it('that the run refuses is an error; what an agent answers never is', async () => {
    const { said, talk } = aCorrespondence();
    const [refused, answered] = [talk.ask('review', 1), talk.ask('review', 2)];
    talk.receive(refusal(nth(said, 0), { code: 'REQUEST_TIMED_OUT', message: 'too slow', hint: 'wait' }));
    talk.receive(answerTo(nth(said, 1), { error: { code: 'REQUEST_TIMED_OUT', message: 'not meant' } }));
    await expect(refused).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT', message: 'too slow', hint: 'wait' });
    expect(await answered).toEqual({ error: { code: 'REQUEST_TIMED_OUT', message: 'not meant' } });
  });

  it('that is here before its question, as after a crash, is found when it is asked', async () => {
    const { said, talk } = aCorrespondence();
    talk.receive(from('review', { kind: 'response', inReplyTo: 'build#2:1', body: 'known' }));
    expect(await talk.ask('review', 'again')).toBe('known');
    expect(said).toHaveLength(1);
  });

  it('to who came to a sync point is its output', async () => {
    const { said, talk } = aCorrespondence();
    const arrived = talk.arrive('gate');
    talk.receive(runAnswer(nth(said, 0), { all: 3 }));
    expect(await arrived).toEqual({ all: 3 });
  });

  it('that never comes is rejected with the reason of the abort', async () => {
    const { talk } = aCorrespondence();
    const asked = talk.ask('review', 1);
    const reason = new Error('told to stop');
    talk.end(reason);
    await expect(asked).rejects.toBe(reason);
    await expect(talk.ask('review', 2)).rejects.toBe(reason);
  });
});

describe('messages of others', () => {
  it('are kept until somebody looks, and read once', async () => {
    const { talk } = aCorrespondence();
    const first = from('review', { body: 1 });
    talk.receive(first);
    talk.receive(first);
    talk.receive(from('review', { id: 'review#1:2', body: 2 }));
    const read: unknown[] = [];
    for await (const { body } of talk.messages()) {
      read.push(body);
      if (body === 2) break;
    }
    expect(read).toEqual([1, 2]);
  });

  it('are read the most pressing first, those of one sender in the order in which it said them', async () => {
    const { talk } = aCorrespondence();
    const say = (sender: string, n: number, priority: CoordinationMessage['priority']): void =>
      talk.receive(from(sender, { id: `${sender}#1:${n}`, body: `${sender}${n}`, priority }));
    say('a', 1, 'low');
    say('b', 1, 'medium');
    say('a', 2, 'critical');
    say('c', 1, 'high');
    const read: unknown[] = [];
    for (let n = 0; n < 4; n++) read.push((await talk.messages().next()).value.body);
    expect(read).toEqual(['a1', 'a2', 'c1', 'b1']);
  });

  it('go to listeners while there are any, and to readers after them', async () => {
    const { talk } = aCorrespondence();
    talk.receive(from('review', { body: 'before' }));
    const heard: unknown[] = [];
    const off = talk.onMessage(() => {
      throw new Error('of no concern to others');
    });
    const offToo = talk.onMessage(({ body }) => heard.push(body));
    talk.receive(from('review', { id: 'review#1:2', body: 'while' }));
    off();
    offToo();
    const next = talk.messages().next();
    talk.receive(from('review', { id: 'review#1:3', body: 'after' }));
    expect(heard).toEqual(['while']);
    expect((await next).value.body).toBe('after');
  });

  it('that left a reader early are not lost', async () => {
    const { talk } = aCorrespondence();
    talk.receive(from('review', { body: 1 }));
    const early = talk.messages();
    await early.return?.();
    expect((await early.next()).done).toBe(true);
    expect((await talk.messages().next()).value.body).toBe(1);
  });

  it('include what became of a message that needs no answer', async () => {
    const { said, talk } = aCorrespondence();
    talk.send('revew', 1);
    talk.receive(refusal(nth(said, 0), { code: 'RECEIVER_UNKNOWN', message: 'there is no step revew' }));
    expect((await talk.messages().next()).value).toMatchObject({ kind: 'response', body: { error: { code: 'RECEIVER_UNKNOWN' } } });
  });

  it('end with the attempt, and reject when it is told to stop', async () => {
    const [done, stopped] = [aCorrespondence().talk, aCorrespondence().talk];
    const [one, other] = [done.messages().next(), stopped.messages().next()];
    done.end();
    stopped.end(new Error('stop'));
    expect((await one).done).toBe(true);
    await expect(other).rejects.toThrow('stop');
    await settled();
  });
});
