/** The groups of a run that have been opened, as the tree they stand in: which stands inside which step, and who waits for whom. */
import { judgePath } from './ballots.ts';
import { COMPENSATION } from './compensation-path.ts';

import { GATE, PERSON } from './gate-asking.ts';
import type { LiveGroup, RunState } from './run-state.ts';
import { CONFLICT } from './rungs.ts';

const ROOT = '(root)';
const HANDLING = '(handlers)';
const JUDGE = judgePath('');

export class OpenedGroups {
  /** The root group of the run's own workflow. */
  readonly roots: readonly LiveGroup[];
  /** What was asked about conflicts and gates, by what they were about. */
  readonly settlements: readonly (readonly [about: string, group: LiveGroup])[];
  /** What undid steps, under their paths. */
  readonly compensations: readonly LiveGroup[];
  /** Groups of failure handlers. */
  readonly handlers: readonly LiveGroup[];
  readonly #places = new Map<string, { readonly group: LiveGroup; readonly member: number }>();
  readonly #inside = new Map<string, LiveGroup[]>();

  constructor({ groups }: Pick<RunState, 'groups'>) {
    const handling = new Set([...groups.values()].filter(({ path }) => path.endsWith(HANDLING)));
    this.handlers = [...handling];
    const standing = [...groups.values()].filter((group) => !handling.has(group));
    for (const group of standing) for (const [member, path] of this.membersOf(group)) this.#places.set(path, { group, member });
    for (const group of standing) {
      const owner = this.#ownerOf(group);
      if (owner === null) continue;
      const known = this.#inside.get(owner);
      if (known === undefined) this.#inside.set(owner, [group]);
      else known.push(group);
    }
    this.roots = standing.filter(({ path }) => path === ROOT);
    this.compensations = standing.filter(({ path }) => path.startsWith(COMPENSATION));
    this.settlements = standing.flatMap((group) =>
      [CONFLICT, GATE, PERSON].flatMap((asked) => (group.path.startsWith(asked) ? [[group.path.slice(asked.length), group] as const] : [])),
    );
  }

  /** The members of a group by number, with their paths. */
  membersOf({ blueprint, prefix }: LiveGroup): (readonly [member: number, path: string])[] {
    return blueprint.members.map(({ step }, member) => [member, prefix + step.id] as const);
  }

  /** The groups that stand inside a step. */
  inside(path: string): readonly LiveGroup[] {
    return this.#inside.get(path) ?? [];
  }

  /** The group that a step stands in, and which member it is; undefined for one whose group was never opened. */
  place(path: string): { readonly group: LiveGroup; readonly member: number } | undefined {
    return this.#places.get(path);
  }

  /** Every step whose group was opened. */
  paths(): IterableIterator<string> {
    return this.#places.keys();
  }

  /** The step that a step stands in, or null. */
  around(path: string): string | null {
    const place = this.#places.get(path);
    return place === undefined ? null : this.#ownerOf(place.group);
  }

  #ownerOf({ path, prefix }: LiveGroup): string | null {
    if (path.endsWith(ROOT)) return prefix === '' ? null : prefix.slice(0, -1);
    if (this.#places.has(path)) return path;
    const judged = path.endsWith(JUDGE) ? path.slice(0, -JUDGE.length) : null;
    return judged !== null && this.#places.has(judged) ? judged : null;
  }
}
