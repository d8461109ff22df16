import type { ApprovalTerms } from './approval-terms.ts';
import { type ApprovalOptions, builtApproval } from './builder-approvals.ts';
import type { StepList } from './builder-list.ts';
import type { Known } from './builder-options.ts';

type Asking<K extends Known> = ApprovalOptions<K, undefined, 'fail'>;

/** People whom a phase asks; `to`: who may answer, default anybody. Everything else is as in an approval. */
export type PhasePeople<K extends Known> = Pick<
  Asking<K>,
  'role' | 'subject' | 'params' | 'due' | 'remind' | 'escalate' | 'quorum' | 'delegate' | 'timeout' | 'onTimeout'
> & { readonly to?: Asking<K>['assignee'] };

/** On what terms they are asked. `subject`: what is asked where nothing is said. */
export function builtPeople<K extends Known>(
  list: StepList,
  id: string,
  { to, ...options }: PhasePeople<K>,
  subject: string,
): ApprovalTerms {
  const assignee = to === undefined ? {} : { assignee: to };
  const built = builtApproval<K, undefined, 'fail'>(list, id, { subject, ...options, ...assignee });
  const { kind: _kind, id: _id, name: _name, type: _type, dependencies: _dependencies, ...terms } = built;
  return terms;
}
