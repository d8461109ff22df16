import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRIORITIES, type Priority } from '../../src/protocol/coordination.ts';
import { expireRequest } from '../../src/runtime/message-delivery.ts';
import { exchangeEnded } from '../../src/runtime/message-receivers.ts';
import { aPost, type Post } from './post.ts';

const STEPS = ['a', 'b', 'c', 'd'] as const;
const PERSONAS: Readonly<Record<string, string>> = { a: 'writer', b: 'reviewer', c: 'reviewer', d: 'tester' };

const aStep = fc.constantFrom(...STEPS);
const aReceiver = fc.constantFrom(...STEPS, 'persona:reviewer', 'persona:tester', 'nowhere');
const aPriority = fc.constantFrom<Priority>(...PRIORITIES);

/** Something that happens to a run, or `deliver`: the end of a delivery. */
const aMove = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('begin' as const), step: aStep }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), step: aStep }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settle' as const), step: aStep }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), step: aStep, to: aReceiver, priority: aPriority }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ask' as const), step: aStep, to: aReceiver, priority: aPriority }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), step: aStep, nth: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), nth: fc.nat({ max: 5 }) }) },
  { weight: 4, arbitrary: fc.constant({ do: 'deliver' as const }) },
);
type Move = typeof aMove extends fc.Arbitrary<infer T> ? T : never;

interface Played {
  readonly post: Post;
  /** Every delivery, in order. */
  readonly delivered: string[];
  readonly questions: string[];
}

/** Plays moves that make sense: who is not at work says nothing, who has settled does not begin again. */
class Play implements Played {
  readonly post = aPost(STEPS);
  readonly delivered: string[] = [];
  readonly questions: string[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #over = new Set<string>();

  constructor(all: readonly Move[]) {
    for (const move of all) this.#play(move);
    this.delivered.push(...this.post.deliver());
  }

  #play(move: Move): void {
    if (move.do === 'deliver') this.delivered.push(...this.post.deliver());
    else if (move.do === 'expire') expireRequest(this.post.state, this.questions[move.nth] ?? '');
    else if (this.post.state.exchange.atWork.has(move.step)) this.#atWork(move);
    else if (move.do === 'begin' && !this.#over.has(move.step)) {
      const attempt = (this.#attempts.get(move.step) ?? 0) + 1;
      this.#attempts.set(move.step, attempt);
      this.post.begin(move.step, attempt, PERSONAS[move.step]);
    } else if (move.do === 'settle') this.#settle(move.step);
  }

  #atWork(move: Exclude<Move, { do: 'deliver' | 'expire' }>): void {
    const { step } = move;
    if (move.do === 'end') this.post.end(step, this.#attempts.get(step));
    else if (move.do === 'settle') this.#settle(step);
    else if (move.do === 'tell') this.post.say(step, move.to, { priority: move.priority });
    else if (move.do === 'ask') this.questions.push(this.post.say(step, move.to, { kind: 'query', priority: move.priority }).id);
    else if (move.do === 'answer') this.post.say(step, 'whoever asked', { kind: 'response', inReplyTo: this.questions[move.nth] ?? null });
  }

  #settle(step: string): void {
    if (this.#over.has(step)) return;
    this.#over.add(step);
    this.post.settle(step);
  }
}

const play = (all: readonly Move[]): Played => new Play(all);

const moves = fc.array(aMove, { maxLength: 80 });
const replyTo = /^(?<step>\w)#(?<attempt>\d+) ← /u;

describe('whatever happens', () => {
  it('the same facts give the same deliveries, and what is wanted of somebody at work has been delivered', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const [one, other] = [play(all), play(all)];
        expect(other.delivered).toEqual(one.delivered);
        expect(one.post.state.exchange.due.size).toBe(0);
        for (const path of one.post.state.exchange.atWork.keys()) expect(one.post.state.exchange.waiting.has(path)).toBe(false);
      }),
    );
  });

  it('an attempt is given a message once', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const { delivered } = play(all);
        expect(new Set(delivered).size).toBe(delivered.length);
      }),
    );
  });

  it('a question is over once, its asker hears of it once at the most, and only the attempt that asked', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const { post, delivered, questions } = play(all);
        for (const question of questions) {
          const closings = post.told.filter((line) => line.startsWith(`closed ${question} `));
          expect(closings.length).toBeLessThanOrEqual(1);
          const answers = new Set(closings.map((line) => line.split(' ')[2]));
          const [asker = ''] = question.split(':');
          const replies = delivered.filter((line) => line.endsWith(`← ${question}:refusal`) || answers.has(line.split(' ← ')[1]));
          expect(replies.length).toBeLessThanOrEqual(1);
          for (const reply of replies) expect(reply.startsWith(`${asker} ←`)).toBe(true);
        }
      }),
    );
  });

  it('nobody waits for ever: once every step has settled no question is open, and what was never given is a dead letter', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const { post, delivered } = play(all);
        for (const step of STEPS) post.settle(step);
        exchangeEnded(post.state);
        const { questions, waiting, deadLetters, atWork } = post.state.exchange;
        expect([questions.size, waiting.size, atWork.size]).toEqual([0, 0, 0]);
        const given = new Set(delivered.map((line) => line.replace(replyTo, '')));
        for (const { message } of deadLetters) expect(given.has(message.id)).toBe(false);
      }),
    );
  });

  it('the first time, messages of one sender come to a receiver in the order in which they were sent', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const { delivered } = play(all);
        const last = new Map<string, number>();
        const seen = new Set<string>();
        for (const line of delivered) {
          const [receiver = '', id = ''] = line.split(' ← ');
          const [step = ''] = receiver.split('#');
          const [sender = '', number = ''] = id.split(':');
          if (id.split(':').length > 2 || seen.has(`${step} ${id}`)) continue;
          seen.add(`${step} ${id}`);
          expect(Number(number)).toBeGreaterThan(last.get(`${step} ${sender}`) ?? 0);
          last.set(`${step} ${sender}`, Number(number));
        }
      }),
    );
  });

  it('what waits for a receiver is given the most pressing first, what its sender has said before it going with it', () => {
    const aMessage = fc.record({ step: fc.constantFrom('a', 'b', 'c'), priority: aPriority });
    fc.assert(
      fc.property(fc.array(aMessage, { minLength: 2, maxLength: 12 }), (messages) => {
        const post = aPost(STEPS);
        for (const step of ['a', 'b', 'c']) post.begin(step);
        const said = messages.map(({ step, priority }) => post.say(step, 'd', { priority }));
        post.begin('d');
        const given = post.deliver().map((line) => said.find(({ id }) => line.endsWith(` ${id}`)));
        // how pressing the most pressing message is that this one stands before, of its own sender
        const rank = (at: number) =>
          Math.max(
            ...given.slice(at).map((other) => (other?.from === given[at]?.from ? PRIORITIES.indexOf(other?.priority ?? 'low') : -1)),
          );
        const ranks = given.map((_, at) => rank(at));
        expect(ranks).toEqual([...ranks].sort((one, other) => other - one));
      }),
    );
  });
});
