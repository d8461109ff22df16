import { builtBase, conditionText } from './builder-base.ts';
import { type SpendingOptions, spending } from './builder-budget.ts';
import type { Branch, BuilderKind, Grown, Members, Place, ThenGroup, ThenStep } from './builder-family.ts';
import { builtGroup, type GroupOptions } from './builder-groups.ts';
import { builtMap, type ItemOf, type ItemReferences, itemReferences, type KnownInMap, type MapOptions } from './builder-maps.ts';
import { checkOptions } from './builder-option-keys.ts';
import type { ConditionOption, Known, NewId, StepOptions, WithSteps, WithVariables } from './builder-options.ts';
import { builtPhase, type PhaseOptions } from './builder-phases.ts';
import { builtCondition } from './builder-scope.ts';
import { WorkSteps } from './builder-work-steps.ts';
import { builtBody } from './builder-workflow.ts';
import type { AnyReference } from './reference.ts';
import type { GroupStep } from './workflow.ts';

/** Adds the steps of a map's body to an empty list; what it returns says what an item gives. */
type Body<Kind extends BuilderKind, K extends Known, Inner extends Known, Own, Item, Result> = (
  steps: Grown<Kind, K, object, 'body'>,
  at: ItemReferences<Item>,
) => Grown<Kind, Inner, Own, 'body', Result>;

/** What is known after a group: its own output, and all that its members leave. */
type AfterGroup<K extends Known, Inner extends Known, Added> = WithSteps<WithVariables<K, Inner['variables']>, Added>;

/** The methods that hold other steps: groups, branches, maps. */
export abstract class GroupSteps<Kind extends BuilderKind, K extends Known, Own, In extends Place> extends WorkSteps<Kind, K, Own, In> {
  /** Members at the same time, apart from what they need of each other. */
  parallel<const Id extends string, Inner extends Known, InnerOwn>(
    id: NewId<K, Id>,
    options: GroupOptions<K>,
    members: Members<Kind, K, Inner, InnerOwn>,
  ) {
    return this.members(id, 'parallel', options, members);
  }

  /** Members one after the other. */
  sequence<const Id extends string, Inner extends Known, InnerOwn>(
    id: NewId<K, Id>,
    options: GroupOptions<K>,
    members: Members<Kind, K, Inner, InnerOwn>,
  ) {
    return this.members(id, 'sequential', options, members);
  }

  /** Members in the order of their dependencies. */
  group<const Id extends string, Inner extends Known, InnerOwn>(
    id: NewId<K, Id>,
    options: GroupOptions<K>,
    members: Members<Kind, K, Inner, InnerOwn>,
  ) {
    return this.members(id, 'graph', options, members);
  }

  /** Members with a gate: what must hold before the phase has passed. Its feedback sends work back to an earlier phase. */
  phase<const Id extends string, Inner extends Known, InnerOwn>(
    id: NewId<K, Id>,
    options: PhaseOptions<K>,
    members: Members<Kind, K, Inner, InnerOwn>,
  ) {
    checkOptions(id, 'phase', options);
    const list = this.list.inside(id);
    this.fill(id, members, this.over(list));
    this.list.add(builtPhase(this.list, id, options, list));
    return this.withMembers<Id, Inner, InnerOwn>();
  }

  /** One of two branches. The steps of a branch are not seen from outside: the branch may not have been taken. */
  choice<const Id extends string>(
    id: NewId<K, Id>,
    options: Omit<StepOptions<K>, 'condition'> &
      SpendingOptions & {
        readonly condition: ConditionOption<K>;
        readonly then?: Branch<Kind, K>;
        readonly otherwise?: Branch<Kind, K>;
      },
  ) {
    checkOptions(id, 'choice', options);
    const { condition, then, otherwise, ...rest } = options;
    const when = builtCondition(this.list, condition, `the condition of "${id}"`);
    const branch = (members: Branch<Kind, K> | undefined) => {
      const list = this.list.inside(id);
      if (members !== undefined) this.fill(id, members, this.over(list));
      return list.steps;
    };
    const branches = { then: branch(then), otherwise: branch(otherwise) };
    const base = builtBase(this.list, id, 'conditional', rest, { texts: [conditionText(when)] });
    this.list.add({ ...base, kind: 'choice', when, ...branches, ...spending(options) });
    return this as unknown as ThenStep<Kind, K, Own, In, Id, unknown>;
  }

  /**
   * The same steps for every item of a list. The body sees what the map sees; the map depends on it. It gives the list of what the body
   * gives, in order, with null for items that failed.
   */
  map<
    const Id extends string,
    Over extends string | AnyReference | undefined,
    Inner extends Known,
    InnerOwn,
    Result,
    const As extends string = 'item',
  >(
    id: NewId<K, Id>,
    options: MapOptions<K, Over, As>,
    body: Body<Kind, KnownInMap<K, ItemOf<Over>, As>, Inner, InnerOwn, ItemOf<Over>, Result>,
  ) {
    checkOptions(id, 'map', options);
    const { as = 'item' } = options;
    const references = itemReferences<ItemOf<Over>>(id, as);
    const list = this.list.body([as, 'index']);
    const inner = this.over(list, { ...this.options, name: `${this.options.name}/${id}` });
    this.fill(id, body, inner, references);
    this.list.add(builtMap(this.list, id, options, list, builtBody(this.options, id, list, inner.workflowOutputs)));
    return this as unknown as ThenStep<Kind, K, Own, In, Id, (Result | null)[]>;
  }

  private members<Id extends string, Inner extends Known, InnerOwn>(
    id: Id,
    mode: GroupStep['mode'],
    options: GroupOptions<K>,
    members: Members<Kind, K, Inner, InnerOwn>,
  ) {
    checkOptions(id, 'group', options);
    const list = this.list.inside(id);
    this.fill(id, members, this.over(list));
    this.list.add(builtGroup(this.list, id, mode, options, list));
    return this.withMembers<Id, Inner, InnerOwn>();
  }

  private withMembers<Id extends string, Inner extends Known, InnerOwn>() {
    type Added = InnerOwn & Record<Id, unknown>;
    return this as unknown as ThenGroup<Kind, AfterGroup<K, Inner, Added>, Own, In, Added>;
  }
}
