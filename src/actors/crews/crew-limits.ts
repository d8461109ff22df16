/** How many tasks of one kind a crew takes at once. */
import { nearest } from '../../definition/nearest-name.ts';
import { quoted } from '../../definition/printable.ts';
import type { ProblemList } from '../../definition/problem-list.ts';
import type { SourceNode } from '../../definition/source-node.ts';
import { TroupeError } from '../../protocol/errors.ts';
import type { AgentDefinition } from './crew-definition.ts';

/** By persona, or by step type for steps without one: so many tasks at once, whoever plays it. */
export type KindLimits = Readonly<Record<string, number>>;

/** Reads `max_concurrent` of a crew file; undefined where it says nothing of it. What is of the wrong shape was reported with the file. */
export function readKindLimits(root: SourceNode, agents: readonly AgentDefinition[], problems: ProblemList): KindLimits | undefined {
  const written = root.entries?.get('max_concurrent')?.node.entries;
  if (written === undefined) return undefined;
  const played = new Set(agents.flatMap(({ personas, stepTypes }) => [...personas, ...stepTypes]));
  const limits: Record<string, number> = {};
  for (const [kind, { node, keyAt }] of written) {
    if (kind === '*' || !(played.has(kind) || played.has('*'))) {
      const near = nearest(kind, [...played]);
      problems.add({
        code: 'VALUE_UNKNOWN',
        at: keyAt,
        message: kind === '*' ? '"*" is no kind of tasks' : `nobody of the crew plays ${quoted(kind)}`,
        hint: kind === '*' || near === null ? 'name a persona or a step type that somebody plays' : `did you mean ${quoted(near)}?`,
      });
    }
    if (typeof node.value === 'number') limits[kind] = node.value;
  }
  return limits;
}

/**
 * The limits, where they are such.
 *
 * @throws TroupeError DEFINITION_INVALID
 */
export function checkedLimits(limits: KindLimits): KindLimits {
  for (const [kind, most] of Object.entries(limits)) {
    if (Number.isSafeInteger(most) && most >= 1) continue;
    throw new TroupeError('DEFINITION_INVALID', `the tasks of ${quoted(kind)} at once must be a whole number of at least 1, not ${most}`, {
      hint: 'leave it out for no limit',
      retryable: false,
    });
  }
  return limits;
}
