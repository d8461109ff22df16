/** Reads what a crew file says of every kind of agent beside its parts: capabilities, capacity, circuit breaker. */
import { durationMs } from '../../definition/duration.ts';
import { found } from '../../definition/form-check.ts';
import { quoted } from '../../definition/printable.ts';
import type { ProblemList } from '../../definition/problem-list.ts';
import { offsetAt, type SourceNode, type SourcePath } from '../../definition/source-node.ts';
import type { AgentUse, BreakerTerms } from '../../protocol/agent.ts';
import type { AgentProfile } from '../agent-profile.ts';

/** A name or a list of names, as it is written. */
export type Names = string | readonly string[] | undefined;

interface BreakerForm {
  readonly failures?: number | undefined;
  readonly window?: string | number | undefined;
  readonly cool?: string | number | undefined;
  readonly successes?: number | undefined;
}

interface UseForm {
  readonly tokens?: number | undefined;
  readonly memory_mb?: number | undefined;
  readonly cpu?: number | undefined;
  readonly io?: number | undefined;
}

/** The keys as they are written, of the right shape. */
export interface ProfileForm {
  readonly capabilities?: Names;
  readonly capacity?: number | undefined;
  readonly uses?: UseForm | undefined;
  readonly breaker?: false | BreakerForm | undefined;
}

/** The profile of the agent at `node`; what is wrong with it is among the problems, with its place. */
export function readProfile({ capabilities, capacity, uses, breaker }: ProfileForm, node: SourceNode, problems: ProblemList): AgentProfile {
  const able = capabilities === undefined ? undefined : [capabilities].flat();
  for (const [place, name] of (able ?? []).entries()) {
    if (able?.indexOf(name) === place) continue;
    const at = offsetAt(node, ['capabilities', place]);
    problems.add({ code: 'KEY_DUPLICATE', at, message: `${quoted(name)} is named twice` });
  }
  return {
    ...(able === undefined ? {} : { capabilities: able }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(uses === undefined ? {} : { uses: readUse(uses) }),
    ...(breaker === undefined ? {} : { breaker: breaker === false ? false : readBreaker(breaker, node, ['breaker'], problems) }),
  };
}

function readUse({ tokens, memory_mb, cpu, io }: UseForm): AgentUse {
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(memory_mb === undefined ? {} : { memoryMb: memory_mb }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(io === undefined ? {} : { io }),
  };
}

/** A duration in ms; undefined, and a problem at its place, for what is none. */
export function readDuration(
  value: string | number | undefined,
  node: SourceNode,
  path: SourcePath,
  problems: ProblemList,
): number | undefined {
  if (value === undefined) return undefined;
  const ms = durationMs(value, 's');
  if (ms !== null) return ms;
  const message = `"${path.join('.')}" is not a duration; found ${found(value)}`;
  const hint = 'write seconds, or a text such as "500ms", "2s" or "1m30s"';
  problems.add({ code: 'DURATION_INVALID', at: offsetAt(node, path), message, hint });
  return undefined;
}

/** How patient the circuit breaker is that is described at `path` of `node`; what is wrong with it is among the problems, with its place. */
export function readBreaker(
  { failures, window, cool, successes }: BreakerForm,
  node: SourceNode,
  path: SourcePath,
  problems: ProblemList,
): BreakerTerms {
  const windowMs = readDuration(window, node, [...path, 'window'], problems);
  const coolMs = readDuration(cool, node, [...path, 'cool'], problems);
  if (windowMs === 0) {
    const hint = 'failures that are further apart than the window do not count together';
    const message = `${quoted([...path, 'window'].join('.'))} must be longer than 0`;
    problems.add({ code: 'VALUE_RANGE', at: offsetAt(node, [...path, 'window']), message, hint });
  }
  return {
    ...(failures === undefined ? {} : { failures }),
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(coolMs === undefined ? {} : { coolMs }),
    ...(successes === undefined ? {} : { successes }),
  };
}
