// One service, called by tasks that require it, by tasks that do not, and by calls: it follows its model whatever happens, also across houses.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakerSettings } from '../../src/policy/breaker-window.ts';
import { VirtualTime } from '../../src/testing/index.ts';
import { begun, cooled, failed, left, lets, type ServiceModel, succeeded, WELL } from './services-model.ts';
import { failure, quiet, type ServicesStage, setServicesStage } from './services-stage.ts';

const moves = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('start' as const), requires: fc.boolean() }) },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(), how: fc.constantFrom('well', 'blames', 'breaks') }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('call' as const), which: fc.nat(), how: fc.constantFrom('well', 'breaks') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(3, 10, 60) }) },
    {
      weight: 1,
      arbitrary: fc.oneof(fc.record({ do: fc.constant('reset' as const) }), fc.record({ do: fc.constant('restart' as const) })),
    },
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);
const terms = fc.record({
  failures: fc.integer({ min: 1, max: 2 }),
  windowMs: fc.constantFrom(20, 200),
  coolMs: fc.constant(50),
  successes: fc.integer({ min: 1, max: 2 }),
});
type Move = typeof moves extends fc.Arbitrary<readonly (infer One)[]> ? One : never;
type Of<Verb extends Move['do']> = Extract<Move, { do: Verb }>;

/** A house beside its model. */
class Twin {
  readonly #terms: ReturnType<typeof breakerSettings>;
  readonly #time = new VirtualTime();
  #stage: ServicesStage;
  #model: ServiceModel = WELL;
  #started = 0;
  /** In the model: who waits, who is at work, and what their calls have come to. */
  #waiting: string[] = [];
  #working = new Map<string, { readonly requires: boolean; answered: boolean; refused: boolean }>();
  probes = 0;

  constructor(given: ReturnType<typeof breakerSettings>) {
    this.#terms = given;
    this.#stage = this.#house();
  }

  #house(former = {}): ServicesStage {
    return setServicesStage({ terms: { s: this.#terms }, former, time: this.#time, maxConcurrentTasks: 1_000 });
  }

  async make(move: Move): Promise<void> {
    if (move.do === 'start') this.#start(move);
    else if (move.do === 'pass') await this.#pass(move);
    else if (move.do === 'restart') await this.#restart();
    else if (move.do === 'reset') {
      this.#stage.services.breaker('s').reset();
      this.#model = { ...WELL, openedAt: this.#model.openedAt };
    } else {
      const at = [...this.#working.keys()];
      const who = at[move.which % Math.max(1, at.length)];
      if (who === undefined) return;
      if (move.do === 'end') await this.#end(who, move.how);
      else if (move.do === 'cancel') await this.#cancel(who);
      else await this.#call(who, move);
    }
    await quiet();
    this.#fill();
    this.#compare();
  }

  #start({ requires }: Of<'start'>): void {
    const who = `t${this.#started++}`;
    this.#stage.start(who, requires ? ['s'] : []);
    if (requires) this.#waiting.push(who);
    else this.#working.set(who, { requires, answered: false, refused: false });
  }

  async #end(who: string, how: Of<'end'>['how']): Promise<void> {
    const { requires, answered, refused } = this.#work(who);
    this.#working.delete(who);
    if (how === 'blames' && !refused) this.#model = failed(this.#model, who, this.#time.now(), this.#terms);
    if (requires) this.#model = how === 'well' || answered ? succeeded(this.#model, who, this.#terms) : left(this.#model, who);
    await this.#stage.end(who, how === 'well' ? undefined : failure(how === 'blames' ? 's' : undefined));
  }

  async #cancel(who: string): Promise<void> {
    this.#stage.dispatcher.cancel(`run/${who}#1`, 'enough');
    this.#working.delete(who);
    this.#model = left(this.#model, who);
    await this.#stage.end(who);
  }

  async #call(who: string, { how }: Of<'call'>): Promise<void> {
    const work = this.#work(who);
    const isPart = this.#model.probe === who;
    const isLet = isPart || lets(this.#model);
    let made = false;
    const call = this.#stage.context(who).call('s', () => {
      made = true;
      if (how === 'breaks') throw new Error('down');
    });
    const end = await call.then(
      () => 'well',
      ({ code }) => code ?? 'down',
    );
    expect([made, end]).toEqual([isLet, isLet ? (how === 'well' ? 'well' : 'down') : 'CIRCUIT_OPEN']);
    if (!isLet || how === 'breaks') work.refused = true;
    if (!isLet) return;
    const name = isPart ? who : `a call of ${who}`;
    if (!isPart) this.#model = begun(this.#model, name);
    if (how === 'breaks') this.#model = failed(this.#model, name, this.#time.now(), this.#terms);
    else {
      work.answered = true;
      if (!isPart) this.#model = succeeded(this.#model, name, this.#terms);
    }
  }

  async #pass({ ms }: Of<'pass'>): Promise<void> {
    const until = this.#time.now() + ms;
    this.#time.alarm(until, () => {});
    while (this.#time.now() < until) {
      await this.#stage.pass();
      this.#model = cooled(this.#model, this.#time.now(), this.#terms);
      this.#fill();
      this.#compare();
    }
  }

  /** Its process is killed: the next one begins with what was kept, and what was in flight begins again. */
  async #restart(): Promise<void> {
    const former = this.#stage.services.standings();
    const again = [...this.#working].filter(([, { requires }]) => requires).map(([who]) => who);
    this.#stage = this.#house(former);
    this.#model = cooled({ ...this.#model, probe: null }, this.#time.now(), this.#terms);
    this.#waiting = [...again, ...this.#waiting];
    this.#working = new Map();
    for (const who of this.#waiting) this.#stage.start(who, ['s']);
    // One that was open is told by its clock that it is cool: that takes no time, but a turn.
    this.#time.alarm(this.#time.now(), () => {});
    await this.#stage.pass();
  }

  /** Those who wait begin, one after the other, as long as they are let. */
  #fill(): void {
    while (lets(this.#model)) {
      const who = this.#waiting.shift();
      if (who === undefined) return;
      this.#model = begun(this.#model, who);
      this.#working.set(who, { requires: true, answered: false, refused: false });
    }
  }

  #compare(): void {
    const { state, failures, openedAt, successes } = this.#model;
    const standing = this.#stage.services.breaker('s').standing();
    expect(standing).toEqual({ state, failures, openedAt, successes });
    expect(this.#stage.atWork().sort()).toEqual([...this.#working.keys()].sort());
    const isProbed = (who: string) => this.#stage.services.breaker('s').isProbe(`run/${who}#1`);
    const probes = this.#stage.atWork().filter(isProbed);
    expect(probes).toEqual(this.#model.probe === null ? [] : [this.#model.probe]);
    this.probes = Math.max(this.probes, probes.length);
  }

  #work(who: string) {
    const work = this.#working.get(who);
    if (work === undefined) throw new Error(`${who} is not at work`);
    return work;
  }
}

test('a service follows its model, whoever calls it and whatever becomes of them, also across houses; one at most tries it out', async () => {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(terms, moves, async (given, story) => {
      const twin = new Twin(breakerSettings(given));
      for (const move of story) await twin.make(move);
      tried += twin.probes;
    }),
    { numRuns: process.env.TROUPE_DEEP === '1' ? 5_000 : 200 },
  );
  expect(tried).toBeGreaterThan(20);
});
