/** Takes one sample. */
export type Sample = () => Promise<number> | number;

/**
 * Takes samples in turn (floor, ours, floor, ours, …), so that whatever else the machine does meets all of them alike. One round is thrown
 * away first. Returns the samples by name.
 */
export async function inTurn<Name extends string>(
  rounds: number,
  samples: Readonly<Record<Name, Sample>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(samples) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const value = await samples[name]();
      if (round >= 0) taken[name].push(value);
    }
  }
  return taken;
}

/** Milliseconds that some work takes. */
export async function elapsed(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Does `count` jobs with at most `limit` at a time. */
export async function pool(count: number, limit: number, job: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, lane));
}
