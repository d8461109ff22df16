/** Who is asked: the names that an approval gives, as rendered when its turn comes. */
import type { ApprovalTerms } from '../definition/approval-terms.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Json, JsonObject } from '../protocol/json.ts';

/** The people who may answer, each once; null for anybody. A template in the place of a name may have given a list of them. */
export function peopleAsked({ assignees }: JsonObject): readonly string[] | null {
  if (!Array.isArray(assignees)) return null;
  return [...new Set(assignees.flat().map(nameOf))];
}

/** Who is asked by each link of the escalation. */
export function peopleEscalatedTo({ escalate }: JsonObject): readonly string[] {
  return (Array.isArray(escalate) ? escalate : []).map(nameOf);
}

/** Throws TEMPLATE_FAILED where nobody would be asked, or fewer than must approve: it would wait for ever. */
export function checkPeople({ quorum }: ApprovalTerms, given: JsonObject): void {
  const people = peopleAsked(given);
  peopleEscalatedTo(given);
  if (people === null) return;
  if (people.length === 0) throw impossible('nobody is left to ask: the list of names is empty');
  if (quorum !== undefined && quorum > people.length) {
    throw impossible(
      `${quorum} must approve, and ${people.length === 1 ? 'only one person is' : `only ${people.length} people are`} asked`,
    );
  }
}

function nameOf(value: Json): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw impossible(`${JSON.stringify(value)} is no name of a person`);
}

function impossible(message: string): TroupeError {
  return new TroupeError('TEMPLATE_FAILED', message, { hint: 'see what the template gives', retryable: false });
}
