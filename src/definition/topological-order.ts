import type { Step } from './workflow.ts';

/**
 * The depth-first order of a group's members: members are visited as they stand in the file, and before a member its dependencies,
 * in the order in which it lists them. This is the order in which the engine dialect runs a file, step by step.
 *
 * Returns indices into `steps`; every member exactly once, also where dependencies run in a circle. Dependencies on steps outside
 * the group are left out. Iterative: a chain of any length does not exhaust the stack.
 */
export function depthFirstOrder(steps: readonly Step[]): number[] {
  const index = new Map(steps.map((step, at) => [step.id, at]));
  const visited = new Uint8Array(steps.length);
  const order: number[] = [];
  for (let start = 0; start < steps.length; start += 1) {
    const path: { readonly member: number; next: number }[] = [];
    const enter = (member: number): void => {
      if (visited[member] === 1) return;
      visited[member] = 1;
      path.push({ member, next: 0 });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const dependency = steps[top.member]?.dependencies[top.next];
      top.next += 1;
      if (dependency === undefined) {
        order.push(top.member);
        path.pop();
      } else {
        const member = index.get(dependency);
        if (member !== undefined) enter(member);
      }
    }
  }
  return order;
}
