import type { Socket } from 'node:net';

/** Calls for every line that comes over a socket; a line longer than `longest` characters ends the connection. */
export function readLines(socket: Socket, longest: number, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longest) socket.destroy();
    for (const line of lines) take(line);
  });
}
