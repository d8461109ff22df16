import type { AgentChosen } from '../protocol/facts.ts';
import type { RunState } from './run-state.ts';

/** Who was given an attempt, where there was a choice, and why, as a part of a sentence; empty where there was none. */
export function choiceInWords({ chosen }: Pick<RunState, 'chosen'>, path: string, attempt: number): string {
  const choice = chosen.get(path);
  return choice === undefined || choice.attempt !== attempt ? '' : ` (${chosenInWords(choice)})`;
}

/** Who of several was given an attempt, and why, for people: `anna of 4, score 0.50, before ben with 0.42; not asked: chloe, she cannot do it`. */
export function chosenInWords({ agent, among, ranked, refused, lighter }: AgentChosen): string {
  if (lighter !== undefined) return `${agent} of ${among}, lighter than ${lighter.insteadOf}: ${lighter.why}`;
  const [first, second] = ranked;
  const score = first?.score.total;
  const next = second?.score.total;
  const ahead =
    next === undefined ? '' : next === score ? `, no less than ${second?.agent}` : `, before ${second?.agent} with ${next.toFixed(2)}`;
  const others = refused.length === 0 ? '' : `; not asked: ${refused.map((each) => `${each.agent}, ${each.why}`).join('; ')}`;
  return `${agent} of ${among}${score === undefined ? '' : `, score ${score.toFixed(2)}${ahead}`}${others}`;
}
