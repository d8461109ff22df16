/**
 * A child process under the eyes of its watchdog: the live side of the `process-agent` statechart. It spawns without a
 * shell and in a process group of its own, turns the platform's events into the statechart's, keeps bounded output, and
 * resolves once nothing of the tree is left: no process, no timer, no listener.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { platform } from 'node:os';
import { createActor, fromPromise } from 'xstate';
import { type ProcessEvent, type ProcessOutput, processAgentMachine } from '../../machines/process-agent.ts';
import { guard, unguard } from './exit-guard.ts';
import { HeadCapture, TailCapture } from './output-capture.ts';
import { descendantsOf } from './process-descendants.ts';
import { signalGroup, sweepSurvivors } from './process-tree.ts';

/** What is to be run, and within which limits. */
export interface ChildOrder {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment, the mark included. */
  readonly env: Readonly<Record<string, string>>;
  /** A text that stands in the environment of this tree and nowhere else. */
  readonly mark: string;
  /** Written to stdin, then closed; null: no stdin. */
  readonly input: string | null;
  /** More on stdout ends the tree. */
  readonly maxStdoutBytes: number;
  /** So much of the end of stderr is kept. */
  readonly keptStderrBytes: number;
  /** Between TERM and KILL, ms. */
  readonly terminateGraceMs: number;
  /** Hears every chunk as it comes. Must not throw. */
  readonly heard: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

/** How it ended, and what it had said by then. */
export interface ChildEnd extends ProcessOutput {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** After KILL a process is gone at once or, in an uninterruptible wait, not soon: two seconds tell them apart. */
const KILL_GRACE_MS = 2_000;
/** A leader has ended but somebody holds its pipes: time for output on its way, not for work in the background. */
const DRAIN_GRACE_MS = 1_000;
/** A sweep takes milliseconds; this ends a sweep of a system that hangs. */
const SWEEP_GRACE_MS = 5_000;

/**
 * Runs a child process to its end, whatever that is: a non-zero exit, a failed start or a cancel are results, not errors.
 * `signal` ends the whole tree: TERM to the group, KILL after the grace, then a sweep for whoever left the group. `forced` does not wait
 * for the grace.
 */
export function runChild(order: ChildOrder, signal: AbortSignal, forced?: AbortSignal): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const stdout = new HeadCapture(order.maxStdoutBytes);
    const stderr = new TailCapture(order.keptStderrBytes);
    let child: ChildProcess | null = null;
    // a pipe may still speak when all is over
    const tell = (event: ProcessEvent): void => {
      if (actor.getSnapshot().status === 'active') actor.send(event);
    };
    /** Who would be lost from sight once their parents are gone. */
    const known = new Map<number, string>();
    const toGroup = (name: 'SIGTERM' | 'SIGKILL'): void => {
      if (child?.pid === undefined) return;
      for (const [pid, began] of descendantsOf(child.pid)) known.set(pid, began);
      signalGroup(child.pid, name);
    };
    const release = (): void => {
      signal.removeEventListener('abort', cancel);
      forced?.removeEventListener('abort', cancel);
      if (child !== null) releaseChild(child);
    };
    const actor = createActor(
      processAgentMachine.provide({
        actors: { sweepSurvivors: fromPromise<void>(() => sweepSurvivors(order.mark, known)) },
        actions: {
          spawnProcess: () => {
            child = spawnChild(order, tell);
            child?.stdout?.on('data', (chunk: Buffer) => {
              order.heard('stdout', chunk);
              if (!stdout.add(chunk)) tell({ type: 'output.overflowed' });
            });
            child?.stderr?.on('data', (chunk: Buffer) => {
              order.heard('stderr', chunk);
              stderr.add(chunk);
            });
          },
          terminateTree: () => toGroup('SIGTERM'),
          killTree: () => toGroup('SIGKILL'),
          releaseProcess: release,
        },
      }),
      {
        id: `process-agent/${order.mark}`,
        input: {
          terminateGraceMs: order.terminateGraceMs,
          killGraceMs: KILL_GRACE_MS,
          drainGraceMs: DRAIN_GRACE_MS,
          sweepGraceMs: SWEEP_GRACE_MS,
        },
      },
    );
    const cancel = (): void => tell({ type: 'cancel' });
    actor.subscribe({
      complete: () => {
        const { output } = actor.getSnapshot();
        if (output !== undefined) resolve({ ...output, stdout: stdout.bytes(), stderr: stderr.bytes() });
      },
      error: (thrown) => {
        toGroup('SIGKILL');
        release();
        reject(thrown);
      },
    });
    actor.start();
    signal.addEventListener('abort', cancel, { once: true });
    // A second cancel is what the watchdog takes for impatience.
    forced?.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
  });
}

/** Spawns and translates events; null when the platform refuses at once (an argument list that is too long, …). */
function spawnChild(order: ChildOrder, tell: (event: ProcessEvent) => void): ChildProcess | null {
  const failed = (thrown: unknown): void => tell({ type: 'process.failed', error: systemCode(thrown) });
  let child: ChildProcess;
  try {
    child = spawn(order.file, order.args, {
      cwd: order.cwd,
      env: { ...order.env },
      stdio: [order.input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      shell: false,
      detached: platform() !== 'win32',
      windowsHide: true,
    });
  } catch (thrown) {
    queueMicrotask(() => failed(thrown));
    return null;
  }
  child.once('spawn', () => tell({ type: 'process.spawned' }));
  child.once('exit', (exitCode, signal) => tell({ type: 'process.exited', exitCode, signal }));
  child.once('close', () => tell({ type: 'output.closed' }));
  child.on('error', (thrown) => {
    if (child.pid === undefined) failed(thrown);
  });
  if (child.pid !== undefined) guard(child.pid);
  // a child that does not read, or has ended, closes the pipe: EPIPE is its right
  child.stdin?.on('error', () => {});
  child.stdin?.end(order.input);
  return child;
}

function releaseChild(child: ChildProcess): void {
  if (child.pid !== undefined) unguard(child.pid);
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    stream?.removeAllListeners('data');
    stream?.destroy();
  }
  child.removeAllListeners();
  child.on('error', () => {});
  child.unref();
}

function systemCode(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return thrown instanceof Error ? thrown.message : 'unknown';
}
