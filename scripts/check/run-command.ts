import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** What a command left behind. */
export interface CommandResult {
  readonly ok: boolean;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
}

/** Runs a program in the project, without a shell. `show`: its output is seen while it runs and not kept. */
export function runCommand(file: string, args: readonly string[], { show = false } = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: projectRoot,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      env: { ...process.env, PATH: `${projectRoot}node_modules/.bin:${process.env.PATH ?? ''}` },
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => resolve({ ok: false, output: `${output}${file}: ${error.message}` }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** Runs commands one after another up to the first that fails; the outputs are joined. */
export async function runInTurn(commands: readonly (readonly [string, ...string[]])[]): Promise<CommandResult> {
  let output = '';
  for (const [file, ...args] of commands) {
    const result = await runCommand(file, args);
    output += result.output;
    if (!result.ok) return { ok: false, output };
  }
  return { ok: true, output };
}
