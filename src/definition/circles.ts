/** By vertex: the vertices its edges lead to. */
type Edges = readonly (readonly number[])[];

/** Sets of vertices that reach each other; single vertices only where an edge leads from them to themselves. */
export function circles(edges: Edges): Set<number>[] {
  const search = new ComponentSearch(edges);
  edges.forEach((_, start) => {
    search.visit(start);
  });
  return search.found;
}

/**
 * Tarjan's algorithm for strongly connected components (SIAM J. Comput. 1, 1972) with a path of its own in place of recursion:
 * a chain of any length does not exhaust the stack.
 */
class ComponentSearch {
  readonly found: Set<number>[] = [];
  private readonly edges: Edges;
  private readonly order: Int32Array;
  private readonly low: Int32Array;
  private readonly isOpen: Uint8Array;
  private readonly open: number[] = [];
  private readonly path: { readonly at: number; next: number }[] = [];
  private counter = 0;

  constructor(edges: Edges) {
    this.edges = edges;
    this.order = new Int32Array(edges.length).fill(-1);
    this.low = new Int32Array(edges.length);
    this.isOpen = new Uint8Array(edges.length);
  }

  visit(start: number): void {
    if (this.order[start] === -1) this.enter(start);
    for (let top = this.path.at(-1); top !== undefined; top = this.path.at(-1)) {
      const target = this.edges[top.at]?.[top.next];
      top.next += 1;
      if (target === undefined) this.leave(top.at);
      else if (this.order[target] === -1) this.enter(target);
      else if (this.isOpen[target] === 1) this.lower(top.at, this.order[target] ?? 0);
    }
  }

  private enter(at: number): void {
    this.order[at] = this.counter;
    this.low[at] = this.counter;
    this.counter += 1;
    this.open.push(at);
    this.isOpen[at] = 1;
    this.path.push({ at, next: 0 });
  }

  private leave(at: number): void {
    this.path.pop();
    const parent = this.path.at(-1);
    if (parent !== undefined) this.lower(parent.at, this.low[at] ?? 0);
    if (this.low[at] !== this.order[at]) return;
    const component = new Set<number>();
    while (!component.has(at)) {
      const member = this.open.pop() ?? at;
      this.isOpen[member] = 0;
      component.add(member);
    }
    if (component.size > 1 || this.edges[at]?.includes(at) === true) this.found.push(component);
  }

  private lower(at: number, to: number): void {
    this.low[at] = Math.min(this.low[at] ?? 0, to);
  }
}

/** A shortest way from the least of some vertices that reach each other back to it: first and last entry are that vertex. */
export function shortestCircle(edges: Edges, members: ReadonlySet<number>): number[] {
  const start = [...members].reduce((least, member) => Math.min(least, member));
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const at of queue) {
    for (const target of edges[at] ?? []) {
      if (target === start) {
        const path = [start];
        for (let back = at; back !== start; back = cameFrom.get(back) ?? start) path.push(back);
        return [...path, start].toReversed();
      }
      if (!members.has(target) || cameFrom.has(target)) continue;
      cameFrom.set(target, at);
      queue.push(target);
    }
  }
  return [start, start];
}
