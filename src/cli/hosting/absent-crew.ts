import { type Agent, type Crew, createCrew, isJsonObject, type Task, TroupeError } from '../../index.ts';

/**
 * A crew in which nobody ever answers: for taking up a run only to tell it something. Whatever it is given is interrupted work when
 * this process leaves the run, and is done by whoever resumes it. Of what the run wants no longer, whoever may be at it elsewhere is told.
 *
 * @param really those who had the work, where anybody knows; asked only when something is to be told
 */
export function absentCrew(really: () => Promise<Crew | null>): Crew {
  let asked: Promise<Crew | null> | null = null;
  const told: Promise<void>[] = [];
  const recall = async (task: Task, reason: string): Promise<void> => {
    asked ??= really();
    const agents = (await asked)?.candidates(task) ?? [];
    await Promise.allSettled(agents.map(async (agent) => agent.recall?.(task, reason)));
  };
  const nobody: Agent = {
    id: 'nobody',
    recall,
    perform: (task, { signal }) =>
      new Promise((_, reject) => {
        const stop = (): void => {
          if (!isLeft(signal.reason)) told.push(recall(task, String(signal.reason?.message)));
          reject(signal.reason);
        };
        signal.addEventListener('abort', stop, { once: true });
      }),
  };
  const absent = createCrew({ personas: { '*': nobody } });
  return {
    ...absent,
    async close() {
      // workers who cannot be told cannot be helped
      await Promise.allSettled(told);
      await absent.close();
      await (await asked?.catch(() => null))?.close();
    },
  };
}

/** The task is still wanted: only this process leaves it. */
const isLeft = (reason: unknown): boolean =>
  reason instanceof TroupeError && isJsonObject(reason.details) && reason.details.houseStops === true;
