import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnyStateMachine } from 'xstate';

/** A machine as it was found: who exports it, under which name, and the text of its file. */
export interface FoundMachine {
  /** Relative to the project root, with forward slashes. */
  readonly file: string;
  readonly exportName: string;
  readonly source: string;
  readonly machine: AnyStateMachine;
}

const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** True for a value that is an XState machine, whichever copy of the library made it. */
function isMachine(value: unknown): value is AnyStateMachine {
  return typeof value === 'object' && value !== null && 'root' in value && 'config' in value && 'implementations' in value;
}

/** Every machine exported from `src/machines/*.ts`, by file name, then by export name: the same order on every computer. */
export async function findMachines(): Promise<FoundMachine[]> {
  const folder = join(projectRoot, 'src', 'machines');
  if (!existsSync(folder)) return [];
  const found: FoundMachine[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.ts')) continue;
    const exported: Record<string, unknown> = await import(pathToFileURL(join(folder, name)).href);
    const source = readFileSync(join(folder, name), 'utf8');
    for (const exportName of Object.keys(exported).sort()) {
      const machine = exported[exportName];
      if (isMachine(machine)) found.push({ file: `src/machines/${name}`, exportName, source, machine });
    }
  }
  return found;
}
