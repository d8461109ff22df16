/** Child processes for tests: small programs for Node, and ways to wait for what they do without waiting for time. */
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { type CommandOptions, commandAgent } from '../../src/actors/programs/command-agent.ts';
import type { Agent, ProgressReport } from '../../src/protocol/agent.ts';
import { isJsonObject, type Json } from '../../src/protocol/json.ts';
import type { TaskReport } from '../../src/protocol/task.ts';
import { aContext, aTask } from './work.ts';

/** An agent that runs a program text in Node. */
export function nodeAgent(program: string, options: Partial<CommandOptions> = {}, ...args: string[]): Agent {
  return commandAgent('child', { command: [process.execPath, '-e', program, '--', ...args], ...options });
}

/** A program text that, while it lives, starts another one that has left its session, and prints that one's pid. */
export function escaping(program: string, stdio: 'ignore' | 'inherit' = 'ignore'): string {
  const spawn = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(program)}], { detached: true, stdio: '${stdio}' })`;
  return `const escaped = ${spawn}; console.log('escaped', escaped.pid); escaped.unref();`;
}

export const FOREVER = 'setInterval(() => {}, 1e6);';
export const DEAF_TO_TERM = `process.on('SIGTERM', () => console.log('heard TERM')); ${FOREVER}`;

/** True while a process is there and not merely waiting to be collected. */
export function isAlive(pid: number): boolean {
  if (platform() === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return !'ZX'.includes(stat.charAt(stat.lastIndexOf(')') + 2));
    } catch {
      return false;
    }
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves once a process is gone; a killed one may need a moment to be collected. */
export async function gone(pid: number): Promise<true> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
  return true;
}

export interface LiveChild {
  readonly report: Promise<TaskReport>;
  readonly signal: AbortSignal;
  readonly cancel: () => void;
  readonly notes: Json[];
  readonly reports: ProgressReport[];
  /** Resolves with the first line that begins with a word, without the word; also when it has been said already. */
  readonly says: (word: string) => Promise<string>;
}

/** Runs an agent's attempt and listens to what it says. */
export function live(agent: Agent, params: Parameters<typeof aTask>[0] = {}): LiveChild {
  const controller = new AbortController();
  const notes: Json[] = [];
  const listeners = new Set<() => void>();
  const lines = (): string[] => notes.map((note) => (isJsonObject(note) && typeof note.line === 'string' ? note.line : ''));
  const context = aContext();
  const report = agent.perform(aTask(params), {
    ...context,
    signal: controller.signal,
    progress: (note) => {
      notes.push(note);
      for (const listener of listeners) listener();
    },
    now: () => performance.now(),
    sleep: () => Promise.reject(new Error('commands do not sleep')),
  });
  return {
    report,
    signal: controller.signal,
    notes,
    reports: context.reports,
    cancel: () => controller.abort(new Error('cancelled by the test')),
    says: (word) =>
      new Promise((resolve) => {
        const look = (): void => {
          const line = lines().find((each) => each.startsWith(word));
          if (line === undefined) return;
          listeners.delete(look);
          resolve(line.slice(word.length).trim());
        };
        listeners.add(look);
        look();
      }),
  };
}

/** The report of a program that runs to its end. */
export function ran(program: string, options: Partial<CommandOptions> = {}, params: Parameters<typeof aTask>[0] = {}): Promise<TaskReport> {
  return live(nodeAgent(program, options), params).report;
}
