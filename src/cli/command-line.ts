import { serveCommandLine } from './menu/program.ts';
import type { Surroundings } from './terminal/surroundings.ts';

/** Does what was typed, and tells what went wrong. Resolves with the exit code; never rejects. */
export async function commandLine(surroundings: Surroundings): Promise<number> {
  try {
    return await serveCommandLine(surroundings);
  } catch (thrown) {
    return (await import('./complaint/complain.ts')).complain(surroundings, thrown);
  }
}
