/** Circles in a directed graph. */

/** One circle per knot of nodes that reach each other, as a closed path (`a → b → a`); none for a graph without circles. */
export function findCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reach = new Map([...graph.keys()].map((node) => [node, reachable(graph, node)]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const [node, reached] of reach) {
    if (done.has(node) || !reached.has(node)) continue;
    for (const other of reached) if (reach.get(other)?.has(node)) done.add(other);
    cycles.push(shortestRound(graph, node));
  }
  return cycles;
}

function reachable(graph: ReadonlyMap<string, ReadonlySet<string>>, from: string): Set<string> {
  const seen = new Set<string>();
  const open = [...(graph.get(from) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...(graph.get(node) ?? []));
  }
  return seen;
}

function shortestRound(graph: ReadonlyMap<string, ReadonlySet<string>>, start: string): string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) {
        const path = [start];
        for (let at: string | undefined = node; at !== undefined; at = at === start ? undefined : cameFrom.get(at)) path.unshift(at);
        return path;
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [start];
}
