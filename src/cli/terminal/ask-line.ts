import { createInterface } from 'node:readline';

/**
 * Prints a prompt and resolves with the line that is typed; with null when the input ends, or when it is taken back. The terminal itself
 * edits the line, so that Ctrl-C stays what it is.
 */
export function askLine(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  prompt: string,
  over: AbortSignal,
): Promise<string | null> {
  if (over.aborted) return Promise.resolve(null);
  return new Promise((resolve) => {
    const lines = createInterface({ input, output, terminal: false });
    const takeBack = () => {
      output.write('\n');
      lines.close();
    };
    over.addEventListener('abort', takeBack, { once: true });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => {
      over.removeEventListener('abort', takeBack);
      resolve(null);
    });
    output.write(prompt);
  });
}
