/**
 * What may be had at once, and in a minute, by all that belongs to something: a run, a group, the items of a map, a nested workflow. What is
 * absent is not limited. A plan goes by the limits of its workflow; in a run every limit around a step holds.
 */
export interface WorkflowLimits {
  readonly memoryMb?: number;
  /** Cores. */
  readonly cpu?: number;
  /** Shares of input and output, as they are counted there. */
  readonly io?: number;
  /** Attempts at agents at once, however deep in it their steps stand. */
  readonly concurrency?: number;
  readonly tokensPerMinute?: number;
  /** By capability: attempts at once that need it. */
  readonly capabilities?: Readonly<Record<string, number>>;
}

/** Something with members that may limit what they take together. */
export interface MayLimit {
  /** Absent: only what is around it does. */
  readonly limits?: WorkflowLimits;
}

const KINDS = ['memoryMb', 'cpu', 'io', 'concurrency', 'tokensPerMinute'] as const;

/** Both limits at once: of each kind the tighter one. */
export function tighterLimits(a: WorkflowLimits, b: WorkflowLimits): WorkflowLimits {
  const least = (x: number | undefined, y: number | undefined): number =>
    Math.min(x ?? Number.POSITIVE_INFINITY, y ?? Number.POSITIVE_INFINITY);
  const amounts = KINDS.flatMap((kind) =>
    a[kind] === undefined && b[kind] === undefined ? [] : [[kind, least(a[kind], b[kind])] as const],
  );
  const names = [...new Set([...Object.keys(a.capabilities ?? {}), ...Object.keys(b.capabilities ?? {})])];
  return {
    ...Object.fromEntries(amounts),
    ...(names.length === 0
      ? {}
      : { capabilities: Object.fromEntries(names.map((name) => [name, least(a.capabilities?.[name], b.capabilities?.[name])])) }),
  };
}
