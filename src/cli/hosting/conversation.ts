/**
 * Asking whoever sits at the terminal what a run asks people, one question at a time, while the run only waits. What is answered elsewhere
 * meanwhile is taken back; what is put off is not asked again here.
 */
import { type AnswerGiven, errorData, type InboxItem, type Json, type RunEvent, type RunHandle } from '../../index.ts';
import type { RunDisplay } from '../display/run-display.ts';
import { inboxText } from '../rendering/inbox-text.ts';
import type { Desk } from '../terminal/desk.ts';
import { personAt } from './person.ts';

type AskLine = NonNullable<Desk['surroundings']['askLine']>;

/** What was chosen: an answer, somebody to pass it on to, or to put it off (null). */
type Choice = Omit<AnswerGiven, 'by'> | { readonly to: string } | null;

/** What leaves nothing to ask here; what took no effect, and what only tells more people of it, does not. */
const SETTLES: ReadonlySet<string> = new Set(['answered', 'delegated', 'expired', 'withdrawn']);

export class Conversation {
  readonly #desk: Desk;
  readonly #display: RunDisplay;
  readonly #askLine: AskLine;
  readonly #putOff = new Set<string>();
  #open: { readonly run: string; readonly token: string; readonly over: AbortController } | null = null;
  #ended = false;

  constructor(desk: Desk, display: RunDisplay, askLine: AskLine) {
    this.#desk = desk;
    this.#display = display;
    this.#askLine = askLine;
  }

  /** Asks the first question that is open and has not been put off; does nothing while one is being asked. */
  offer(runs: readonly RunHandle[]): void {
    if (this.#open !== null || this.#ended) return;
    for (const run of runs) {
      const item = questionOf(run, this.#putOff);
      if (item === null) continue;
      const over = new AbortController();
      this.#open = { run: run.id, token: item.question.token, over };
      void this.#ask(run, item, over.signal).finally(() => {
        this.#open = null;
        this.offer(runs);
      });
      return;
    }
  }

  /** Takes the question back that is being asked, when something happened to it. */
  event(event: RunEvent): void {
    if (event.type !== 'approval' || this.#open?.run !== event.run || event.entry.token !== this.#open.token) return;
    if (SETTLES.has(event.entry.what)) this.#open.over.abort();
  }

  /** Nothing more is asked. */
  end(): void {
    this.#ended = true;
    this.#open?.over.abort();
  }

  async #ask(run: RunHandle, item: InboxItem, over: AbortSignal): Promise<void> {
    const wake = this.#display.rest();
    const { step, question } = item;
    const line = (prompt: string) => this.#askLine(prompt, over);
    try {
      this.#desk.print(`\n${inboxText(item, this.#desk, false)}`);
      while (true) {
        const choice = await this.#choose(item, line);
        if (choice === null) {
          this.#putOff.add(question.token);
          return;
        }
        const by = choice === 'again' ? null : await this.#person(item, line);
        if (choice === 'again' || by === null) continue;
        try {
          const more = { by, token: question.token };
          await ('to' in choice ? run.delegate(step, { ...choice, ...more }) : run.answer(step, { ...choice, ...more }));
          this.#putOff.add(question.token);
          return;
        } catch (thrown) {
          const { code, message } = errorData(thrown);
          this.#desk.print(`${code}: ${message}`);
        }
      }
    } finally {
      wake();
    }
  }

  async #choose({ question }: InboxItem, line: (prompt: string) => Promise<string | null>): Promise<Choice | 'again'> {
    const isPlain = question.form === null || question.values !== null;
    const ways = [...(isPlain ? ['a(pprove)'] : []), 'r(eject)', ...(question.form === null ? [] : ['v(alues)']), 'p(ass on)', 'l(ater)'];
    const typed = await line(`${ways.join(', ')}? `);
    switch (typed === null ? 'l' : typed.trim().toLowerCase().slice(0, 1)) {
      case 'a':
        return isPlain ? { decision: 'approve' } : 'again';
      case 'r': {
        const reason = await line('why? ');
        return { decision: 'reject', ...(reason === null || reason.trim() === '' ? {} : { reason: reason.trim() }) };
      }
      case 'v': {
        const values = json((await line('values, as JSON: ')) ?? '');
        if (values === undefined) this.#desk.print('that is no JSON');
        return values === undefined ? 'again' : { decision: 'approve', values };
      }
      case 'p': {
        const to = ((await line('to whom? ')) ?? '').trim();
        return to === '' ? 'again' : { to };
      }
      case 'l':
        return null;
      default:
        return 'again';
    }
  }

  /** Who answers: whoever is logged in, unless somebody else is asked. */
  async #person({ question: { people } }: InboxItem, line: (prompt: string) => Promise<string | null>): Promise<string | null> {
    const known = personAt(this.#desk.surroundings.env);
    if (known !== null && (people === null || people.includes(known))) return known;
    const typed = ((await line('your name? ')) ?? '').trim();
    return typed === '' ? null : typed;
  }
}

function questionOf(run: RunHandle, putOff: ReadonlySet<string>): InboxItem | null {
  const { id, workflow, steps } = run.state();
  for (const { path, name, question } of steps) {
    if (question === null || putOff.has(question.token)) continue;
    return { run: id, workflow, step: path, name, question, isOverdue: false };
  }
  return null;
}

function json(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
