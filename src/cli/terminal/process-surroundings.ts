/** The process as surroundings: its streams, its signals, and a quiet end when nobody reads on. */
import { askLine } from './ask-line.ts';
import type { Surroundings } from './surroundings.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Takes charge of the streams of this process. Call it once. */
export function processSurroundings(): Surroundings {
  const { stdout, stderr, stdin, argv, env } = process;
  const unread = new Set<() => void>();
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    if (unread.size === 0) process.exit(0);
    for (const listener of [...unread]) listener();
  });
  // Nobody reads the complaints: there is nobody to complain to about it.
  stderr.on('error', () => {});
  return {
    stdout,
    stderr,
    argv,
    env,
    cwd: process.cwd(),
    now: Date.now,
    leave: (code) => process.exit(code),
    readStdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks).toString('utf8');
    },
    askLine: stdin.isTTY && stdout.isTTY ? (prompt, over) => askLine(stdin, stdout, prompt, over) : null,
    onInterrupt: (listener) => {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
      };
    },
    onUnread: (listener) => {
      unread.add(listener);
      return () => unread.delete(listener);
    },
  };
}
