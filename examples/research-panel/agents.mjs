// An agent is an object with an id and `perform`. Beside its output it says what it has used: `usage` counts towards the budget of the run.

const QUESTIONS = ['What is slow today?', 'What would it cost?', 'Who would run it?', 'What could go wrong?', 'What do others do?'];

const agent = (id, perform) => ({ id, perform });
const done = (output, tokens) => ({ ok: true, output, usage: { tokens } });

export const planner = agent('planner', async (_, { sleep }) => {
  await sleep(300);
  return done({ questions: QUESTIONS }, 400);
});

/** Whoever reads deeply uses half as much again as was expected. */
export const researcher = agent('researcher', async ({ params: { question, depth } }, { sleep }) => {
  await sleep(1500);
  return depth === 'deep' ? done({ question, sources: 12 }, 6000) : done({ question, sources: 4 }, 3000);
});

const VOTES = { architect: 'move', operator: 'stay', economist: 'move' };

export const panel = agent('panel', async ({ persona }, { sleep }) => {
  await sleep(400);
  return done({ verdict: VOTES[persona] }, 900);
});

/** It fills in a form, and uses nothing. */
export async function writer({ task }) {
  const { findings, verdict } = task.params;
  return { verdict: verdict?.choice ?? 'undecided', answered: findings.filter((found) => found !== null).length };
}
