import { type Crew, createCrew } from '../../index.ts';

/**
 * A crew in which nobody ever answers: for taking up a run only to tell it something. Whatever it is given is interrupted work when
 * this process leaves the run, and is done by whoever resumes it.
 */
export function absentCrew(): Crew {
  return createCrew({
    personas: {
      '*': ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
    },
  });
}
