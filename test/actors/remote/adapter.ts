/** An adapter to such workers. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { PerformContext } from '../../../src/protocol/agent.ts';
import type { AgentAdapter, CancelOrder } from '../../../src/protocol/agent-adapter.ts';
import { TroupeError } from '../../../src/protocol/errors.ts';
import type { Task, TaskReport } from '../../../src/protocol/task.ts';
import type { Order, Word } from './worker.ts';

interface Hearing {
  readonly hear: (word: Word) => void;
  readonly lost: (error: TroupeError) => void;
}

export class RemoteAdapter implements AgentAdapter {
  readonly id = 'remote';
  readonly graceMs = 2_000;
  readonly #path: string;
  #line: Socket | null = null;
  readonly #hearings = new Set<{ readonly key: string } & Hearing>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Lines and waits. */
  get held(): number {
    return this.#hearings.size + (this.#line === null ? 0 : 1);
  }

  begin(task: Task, { progress }: PerformContext): Promise<TaskReport> {
    return this.#until(task.key, { order: 'begin', task }, (word) => {
      if (word.word === 'note') progress(word.note);
      return word.word === 'end' ? { answer: word.report as TaskReport } : null;
    });
  }

  cancel({ key }: Task, { forced }: CancelOrder): Promise<void> {
    return this.#until(key, { order: 'cancel', key, forced }, (word) => (word.word === 'cancelled' ? { answer: undefined } : null));
  }

  leave({ key }: Task): void {
    for (const hearing of [...this.#hearings]) if (hearing.key === key) this.#hearings.delete(hearing);
    this.#say({ order: 'leave', key });
  }

  /** How often work was begun under a key, and whether it has ended. */
  count(key: string): Promise<{ begun: number; ended: boolean }> {
    return this.#until(key, { order: 'count', key }, (word) => (word.word === 'count' ? { answer: word } : null));
  }

  /** The line breaks. */
  cut(): void {
    this.#line?.destroy();
  }

  async close(): Promise<void> {
    this.#line?.destroy();
    this.#line = null;
  }

  #until<Answer>(key: string, order: Order, read: (word: Word) => { readonly answer: Answer } | null): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const hearing = {
        key,
        hear: (word: Word) => {
          const heard = read(word);
          if (heard === null) return;
          this.#hearings.delete(hearing);
          resolve(heard.answer);
        },
        lost: reject,
      };
      this.#hearings.add(hearing);
      this.#say(order);
    });
  }

  #say(order: Order): void {
    this.#line ??= this.#dial();
    this.#line.write(`${JSON.stringify(order)}\n`);
  }

  #dial(): Socket {
    const line = connect(this.#path);
    line.on('error', () => {});
    line.on('close', () => {
      if (this.#line === line) this.#line = null;
      const lost = new TroupeError('AGENT_UNAVAILABLE', 'nobody is on the line');
      for (const hearing of [...this.#hearings]) hearing.lost(lost);
      this.#hearings.clear();
    });
    const lines = createInterface({ input: line });
    // what is wrong with the line is passed on to whoever reads lines of it, too
    lines.on('error', () => {});
    lines.on('line', (text) => {
      const word = JSON.parse(text) as Word;
      for (const hearing of [...this.#hearings]) if (hearing.key === word.key) hearing.hear(word);
    });
    return line;
  }
}
