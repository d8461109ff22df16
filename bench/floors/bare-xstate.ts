/** What XState alone costs: an actor for each step, created by its predecessor's end and stopped when done, and nothing around it. */
import { assign, createActor, fromPromise, setup, stopChild, toPromise, waitFor } from 'xstate';

const work = async () => null;

const chainMachine = setup({
  types: {} as { context: { next: number; length: number }; input: { length: number }; events: { type: `xstate.done.actor.${string}` } },
  actors: { step: fromPromise(work) },
  guards: { isLast: ({ context }) => context.next === context.length },
  actions: {
    startNext: assign(({ context, spawn }) => {
      spawn('step', { id: `s${context.next}` });
      return { next: context.next + 1 };
    }),
    stopDone: stopChild(({ context }) => `s${context.next - 1}`),
  },
}).createMachine({
  context: ({ input }) => ({ next: 0, length: input.length }),
  initial: 'working',
  entry: 'startNext',
  states: {
    working: {
      on: {
        'xstate.done.actor.*': [{ guard: 'isLast', target: 'done', actions: 'stopDone' }, { actions: ['stopDone', 'startNext'] }],
      },
    },
    done: { type: 'final' },
  },
});

/** Steps one after the other. */
export async function xstateChain(length: number): Promise<void> {
  const actor = createActor(chainMachine, { input: { length } });
  const ended = toPromise(actor);
  actor.start();
  await ended;
}

const stepLogic = fromPromise(work);

/** One step, then many side by side, then one: actors without a parent, which is the cheapest way there is. */
export async function xstateFan(width: number): Promise<void> {
  const one = (id: string) => toPromise(createActor(stepLogic, { id }).start());
  await one('first');
  await Promise.all(Array.from({ length: width }, (_, i) => one(`m${i}`)));
  await one('last');
}

const waitingMachine = setup({ types: {} as { events: { type: 'go' } }, actors: { step: stepLogic } }).createMachine({
  initial: 'first',
  states: {
    first: { invoke: { src: 'step', onDone: 'waiting' } },
    waiting: { on: { go: 'done' } },
    done: { type: 'final' },
  },
});

/** An actor that did one step and waits. */
export async function xstateWaiting(): Promise<unknown> {
  const actor = createActor(waitingMachine).start();
  await waitFor(actor, (snapshot) => snapshot.value === 'waiting');
  return actor;
}
