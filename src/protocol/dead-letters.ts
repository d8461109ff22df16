/** What could not be delivered or done, kept for a person: messages that nobody was ever given, and tasks that have failed for good. */

/** A dead letter as it stands. */
export interface DeadLetterNote {
  /** Within its run: `step#attempt` of a task, the id of a message. With the run and a slash before it, it names the letter everywhere. */
  readonly id: string;
  readonly kind: 'task' | 'message';
  /** The path of the step that failed, or who sent the message. */
  readonly from: string;
  /** Who the message was for; null of a task. */
  readonly to: string | null;
  /** Why nothing came of it. */
  readonly reason: string;
  /** The kind of the failure; null of a message. */
  readonly failure: string | null;
  /** Ms since the epoch (virtual in simulation). */
  readonly at: number;
  /** That somebody has put it aside; null while nobody has. */
  readonly dropped: LetterDrop | null;
  /** The id of the message that was sent in its place; null where none was. */
  readonly sentAgainAs: string | null;
}

/** Who has put a dead letter aside, and why. */
export interface LetterDrop {
  readonly by: string;
  readonly reason: string | null;
  /** Ms since the epoch. */
  readonly at: number;
}

/** Whether somebody has still to see to it. */
export function isOpenLetter({ dropped, sentAgainAs }: Pick<DeadLetterNote, 'dropped' | 'sentAgainAs'>): boolean {
  return dropped === null && sentAgainAs === null;
}
