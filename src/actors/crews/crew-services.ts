/** How patient a crew file wants the circuit breakers before services outside to be. */
import type { ProblemList } from '../../definition/problem-list.ts';
import type { SourceNode } from '../../definition/source-node.ts';
import type { ServiceTerms } from '../services/services.ts';
import { readBreaker } from './crew-profile.ts';
import { BREAKER_FORM } from './crew-schema.ts';

/** Reads `services` of a crew file; undefined where it says nothing of them. What is of the wrong shape was reported with the file. */
export function readServiceTerms(root: SourceNode, problems: ProblemList): ServiceTerms | undefined {
  const written = root.entries?.get('services')?.node.entries;
  if (written === undefined) return undefined;
  const terms = [...written].flatMap(([service, { node }]) => {
    const form = BREAKER_FORM.safeParse(node.value);
    return form.success ? [[service, readBreaker(form.data, node, [], problems)] as const] : [];
  });
  return Object.fromEntries(terms);
}
