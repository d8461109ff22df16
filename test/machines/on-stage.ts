/** A run for a single statechart: notes what it asks of its port, answers as the test says, and has a clock that moves when told. */
import { type AnyActor, type AnyStateMachine, createActor, type EventFrom, type InputFrom } from 'xstate';
import { connectPort, type RunPort } from '../../src/machines/run-port.ts';
import { StepClock } from '../../src/runtime/step-clock.ts';

/** What was asked: the name of the port's method, then what it was given. */
type Asked = readonly [name: string, ...given: unknown[]];

/** A port that notes everything it is asked. Questions without an answer here are answered with undefined. */
function recordedPort(answers: Partial<RunPort>, asked: Asked[]): RunPort {
  return new Proxy(answers, {
    get:
      (_, name) =>
      (...given: unknown[]): unknown => {
        asked.push([String(name), ...given]);
        const answer: unknown = Reflect.get(answers, name);
        return typeof answer === 'function' ? answer(...given) : undefined;
      },
  }) as RunPort;
}

/**
 * An actor of a machine, started, before a recorded port. `answers` may speak to the actor while it asks. `pass` lets time go by; `tell`
 * says nothing to an actor that is done.
 */
export function onStage<Machine extends AnyStateMachine>(
  machine: Machine,
  input: InputFrom<Machine>,
  answers: (say: (event: EventFrom<Machine>) => void) => Partial<RunPort> = () => ({}),
) {
  const clock = new StepClock(0);
  const asked: Asked[] = [];
  const errors: unknown[] = [];
  const actor = createActor(machine, { id: 'member', input, clock } as never);
  const seen: AnyActor = actor;
  actor.subscribe({ next() {}, error: (thrown) => errors.push(thrown), complete() {} });
  connectPort(
    actor.system,
    recordedPort(
      answers((event) => actor.send(event)),
      asked,
    ),
  );
  actor.start();
  return {
    actor,
    asked,
    errors,
    calls: (name: string) => asked.filter((each) => each[0] === name),
    state: () => String(seen.getSnapshot().value),
    tell: (...events: readonly EventFrom<Machine>[]): void => {
      for (const event of events) if (seen.getSnapshot().status === 'active') actor.send(event);
    },
    pass: (ms: number): void => clock.advanceTo(clock.now() + ms),
  };
}
