/** Who is asked: the names that an approval gives, as rendered when its turn comes. */
import type { ApprovalTerms } from '../definition/approval-terms.ts';
import { TroupeError } from '../protocol/errors.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { ApprovalBook } from './approval-book.ts';

type Roles = ApprovalBook['roles'];

/**
 * The people who may answer, each once; null for anybody. A template in the place of a name may have given a list of them. A name that is a
 * role stands for everybody in it; where nobody is named, those in the role that is asked may answer.
 */
export function peopleAsked({ assignees, role }: JsonObject, roles: Roles = null): readonly string[] | null {
  if (Array.isArray(assignees))
    return [
      ...new Set(
        assignees
          .flat()
          .map(nameOf)
          .flatMap((name) => inRole(name, roles) ?? [name]),
      ),
    ];
  return typeof role === 'string' ? inRole(role, roles) : null;
}

/** Who is asked by each link of the escalation: a person, or everybody in a role. */
export function peopleEscalatedTo({ escalate }: JsonObject, roles: Roles = null): readonly (readonly string[])[] {
  return (Array.isArray(escalate) ? escalate : []).map(nameOf).map((name) => inRole(name, roles) ?? [name]);
}

const inRole = (name: string, roles: Roles): readonly string[] | null =>
  roles !== null && Object.hasOwn(roles, name) ? (roles[name] ?? null) : null;

/** Throws TEMPLATE_FAILED where nobody would be asked, nobody is in the role that is, or fewer are than must approve: it would wait for ever. */
export function checkPeople({ quorum }: ApprovalTerms, given: JsonObject, roles: Roles): void {
  const people = peopleAsked(given, roles);
  peopleEscalatedTo(given, roles);
  if (people === null && roles !== null && typeof given.role === 'string') {
    const known = Object.keys(roles);
    throw impossible(`nobody is in the role ${JSON.stringify(given.role)}`, `the crew has the roles ${known.join(', ')}`);
  }
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

function impossible(message: string, hint = 'see what the template gives'): TroupeError {
  return new TroupeError('TEMPLATE_FAILED', message, { hint, retryable: false });
}
