/**
 * What one attempt says to others in its run, and hears from them. Made when its agent first speaks or is first spoken to: most attempts
 * do neither.
 *
 * Messages are numbered by attempt, so an attempt that begins again after a crash numbers them alike: the run takes each in once, and
 * delivers again what it had delivered. An answer may therefore be here before its question is asked, and a message come twice.
 */
import type { MessageOptions, QuestionOptions } from '../../protocol/agent.ts';
import { type CoordinationMessage, type MessageKind, PRIORITIES } from '../../protocol/coordination.ts';
import { TroupeError } from '../../protocol/errors.ts';
import { frozen } from '../../protocol/frozen.ts';
import { attemptId } from '../../protocol/ids.ts';
import type { Json } from '../../protocol/json.ts';
import { refusedWith } from '../../protocol/run-answer.ts';
import type { Task } from '../../protocol/task.ts';
import { NotPlainJson, readPlainJson } from '../plain-json.ts';
import { MessageReader } from './message-reader.ts';

/** How long an answer is waited for where nothing else is said, ms. */
const DEFAULT_DEADLINE_MS = 30_000;

interface Waiting {
  readonly resolve: (answer: Json) => void;
  readonly reject: (reason: unknown) => void;
}

type Saying = Pick<CoordinationMessage, 'kind' | 'to'> & Partial<CoordinationMessage>;

const ignore = (): void => {};

/** The messages of one attempt, sent and received. */
export class Correspondence {
  readonly #task: Task;
  readonly #say: (message: CoordinationMessage) => void;
  readonly #reader = new MessageReader();
  /** By message id: who waits for the answer. */
  readonly #waiting = new Map<string, Waiting>();
  /** Answers by the id of the message they reply to, which has not been sent yet. */
  readonly #early = new Map<string, CoordinationMessage>();
  /** Messages that expect no answer: only a refusal may come, and the agent reads it like any message. */
  readonly #told = new Set<string>();
  readonly #received = new Map<string, CoordinationMessage>();
  #sent = 0;
  #over: { readonly reason: unknown } | null = null;

  /** `say` passes a message on to the run. */
  constructor(task: Task, say: (message: CoordinationMessage) => void) {
    this.#task = task;
    this.#say = say;
  }

  readonly send = (to: string, body: Json, options: MessageOptions = {}): void => {
    const id = this.#post({ kind: 'notify', to, ...options }, body);
    if (id !== null) this.#told.add(id);
    this.#settleEarly(id);
  };

  readonly ask = (to: string, body: Json, { priority, deadlineMs = DEFAULT_DEADLINE_MS }: QuestionOptions = {}): Promise<Json> =>
    this.#await({ kind: 'query', to, deadlineMs, ...(priority === undefined ? {} : { priority }) }, body);

  readonly arrive = (syncPoint: string): Promise<Json> => this.#await({ kind: 'sync', to: syncPoint }, null);

  readonly answer = (question: CoordinationMessage, body: Json): void => {
    if (typeof question?.id !== 'string' || typeof question.kind !== 'string' || typeof question.from !== 'string')
      throw misuse('what is answered is no message', 'answer a message as it was received: from onMessage or messages()');
    const { id, kind, from, priority } = question;
    if (kind !== 'query') throw misuse(`a ${kind} cannot be answered`, 'answer messages of the kind query');
    this.#post({ kind: 'response', to: from, inReplyTo: id, priority }, body);
  };

  readonly messages = (): AsyncIterableIterator<CoordinationMessage> => this.#reader.iterate();

  readonly onMessage = (listener: (message: CoordinationMessage) => void): (() => void) => this.#reader.listen(listener);

  /** Takes in what another agent, or the run, says to this one. */
  receive(message: CoordinationMessage): void {
    const before = this.#received.get(message.id);
    if (this.#over !== null || (before !== undefined && JSON.stringify(before) === JSON.stringify(message))) return;
    this.#received.set(message.id, message);
    const { kind, inReplyTo } = message;
    if (kind !== 'response' || inReplyTo === null) this.#reader.take(message);
    else if (this.#waiting.has(inReplyTo)) this.#settle(inReplyTo, message);
    else if (this.#told.has(inReplyTo)) this.#reader.take(message);
    else if (numberOf(inReplyTo) > this.#sent) this.#early.set(inReplyTo, message);
  }

  /** The attempt is over. With a reason, whoever waits is told it; without one, nobody waits any more. */
  end(reason: unknown = null): void {
    if (this.#over !== null) return;
    this.#over = { reason };
    this.#reader.end(reason);
    for (const { reject } of this.#waiting.values()) reject(reason ?? overNow(this.#task));
    this.#waiting.clear();
  }

  #await(saying: Saying, body: Json): Promise<Json> {
    const answered = new Promise<Json>((resolve, reject) => {
      const id = this.#post(saying, body);
      if (id === null) reject(this.#over?.reason ?? overNow(this.#task));
      else this.#waiting.set(id, { resolve, reject });
      this.#settleEarly(id);
    });
    // an agent that does not await the answer must not bring the process down when there is none
    answered.catch(ignore);
    return answered;
  }

  /** Sends a message; null once the attempt is over. */
  #post({ kind, to, priority = 'medium', inReplyTo = null, deadlineMs = null }: Saying, body: Json): string | null {
    if (typeof to !== 'string' || to === '') throw misuse('a message needs a receiver', 'name a step, or a persona as "persona:<name>"');
    if (!PRIORITIES.includes(priority)) throw misuse(`"${String(priority)}" is no priority`, `a message is ${PRIORITIES.join(', ')}`);
    if (deadlineMs !== null && !(deadlineMs > 0 && Number.isFinite(deadlineMs)))
      throw misuse(`the deadline of a question must be more than 0 ms, not ${deadlineMs}`, 'give milliseconds');
    const read = bodyOf(body, kind);
    if (this.#over !== null) return null;
    const { step, attempt } = this.#task;
    this.#sent += 1;
    const id = `${attemptId(step, attempt)}:${this.#sent}`;
    this.#say({ id, kind, from: step, to, priority, body: read, inReplyTo, deadlineMs });
    return id;
  }

  #settleEarly(id: string | null): void {
    const early = id === null ? undefined : this.#early.get(id);
    if (id === null || early === undefined) return;
    this.#early.delete(id);
    if (this.#waiting.has(id)) this.#settle(id, early);
    else this.#reader.take(early);
  }

  #settle(id: string, answer: CoordinationMessage): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    const error = refusedWith(answer);
    if (error === null) waiting?.resolve(answer.body);
    else waiting?.reject(new TroupeError(error.code, error.message, error));
  }
}

function bodyOf(body: unknown, kind: MessageKind): Json {
  const read = readPlainJson(body);
  if (!(read instanceof NotPlainJson)) return frozen(read);
  throw misuse(
    `the body${read.path} of a ${kind} ${read.problem}`,
    'send plain JSON: null, booleans, finite numbers, strings, lists, maps',
  );
}

const misuse = (message: string, hint: string): TroupeError => new TroupeError('AGENT_OUTPUT_INVALID', message, { hint });

const overNow = ({ key }: Task): TroupeError => new TroupeError('TASK_CANCELLED', `the attempt ${key} is over`, { retryable: false });

const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf(':') + 1));
