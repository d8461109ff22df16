/**
 * Workers in a process of their own, for tests: they speak JSON lines on a socket, know their work by its key and keep it whoever comes and
 * goes. Run as a program with the path of the socket; says `ready` when it listens, and ends with its parent.
 */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Task } from '../../../src/protocol/task.ts';

/** What comes in. */
export type Order =
  | { readonly order: 'begin'; readonly task: Task }
  | { readonly order: 'cancel'; readonly key: string; readonly forced: boolean }
  | { readonly order: 'leave'; readonly key: string }
  | { readonly order: 'count'; readonly key: string };

/** What goes out. */
export type Word =
  | { readonly word: 'note'; readonly key: string; readonly note: string }
  | { readonly word: 'end'; readonly key: string; readonly report: unknown }
  | { readonly word: 'cancelled'; readonly key: string }
  | { readonly word: 'count'; readonly key: string; readonly begun: number; readonly ended: boolean };

interface Piece {
  begun: number;
  report: unknown;
  cancelled: boolean;
  readonly listeners: Set<Socket>;
  readonly said: string[];
}

const LASTS_MS = 500;
const CANCELLED = { ok: false, thrown: true, error: { code: 'TASK_CANCELLED', message: 'cancelled over there', retryable: false } };

const pieces = new Map<string, Piece>();

function pieceOf(key: string): Piece {
  let piece = pieces.get(key);
  if (piece === undefined) {
    piece = { begun: 0, report: null, cancelled: false, listeners: new Set(), said: [] };
    pieces.set(key, piece);
  }
  return piece;
}

const tell = (socket: Socket, word: Word): void => void socket.write(`${JSON.stringify(word)}\n`);

function say(key: string, note: string): void {
  const piece = pieceOf(key);
  piece.said.push(note);
  for (const socket of piece.listeners) tell(socket, { word: 'note', key, note });
}

function end(key: string, report: unknown): void {
  const piece = pieceOf(key);
  piece.report ??= report;
  for (const socket of piece.listeners) tell(socket, { word: 'end', key, report: piece.report });
}

function work({ key, step, params }: Task): void {
  const answer = { ok: true, output: params.value, usage: { tokens: 7 } };
  const failure = { ok: false, error: { code: 'AGENT_FAILED', message: 'no' } };
  say(key, 'at work');
  const word = params.do ?? step;
  if (word === 'answer') end(key, answer);
  else if (word === 'refuse') end(key, { ...failure, thrown: false });
  else if (word === 'break') end(key, { ...failure, thrown: true });
  else if (word === 'lie') end(key, { report: 'all is well' });
  else if (word === 'last') setTimeout(() => end(key, answer), LASTS_MS);
  else if (word === 'chatter') {
    end(key, answer);
    for (const after of [0, 5, 50]) setTimeout(() => say(key, 'and another thing'), after);
  }
}

function cancel(key: string): void {
  const piece = pieceOf(key);
  piece.cancelled = true;
  const insists = key.endsWith('/insist#1') && piece.begun > 0;
  end(key, insists ? { ok: true, output: 'all the same' } : CANCELLED);
}

function hear(socket: Socket, order: Order): void {
  if (order.order === 'begin') {
    const { key } = order.task;
    const piece = pieceOf(key);
    piece.listeners.add(socket);
    for (const note of piece.said) tell(socket, { word: 'note', key, note });
    if (piece.report !== null) tell(socket, { word: 'end', key, report: piece.cancelled ? CANCELLED : piece.report });
    else if (piece.begun === 0) {
      piece.begun += 1;
      work(order.task);
    }
  } else if (order.order === 'cancel') {
    cancel(order.key);
    tell(socket, { word: 'cancelled', key: order.key });
  } else if (order.order === 'leave') pieceOf(order.key).listeners.delete(socket);
  else {
    const { begun, report } = pieceOf(order.key);
    tell(socket, { word: 'count', key: order.key, begun, ended: report !== null });
  }
}

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const { listeners } of pieces.values()) listeners.delete(socket);
  });
  const lines = createInterface({ input: socket });
  // a house that was killed breaks its line, which is no concern of the others
  lines.on('error', () => {});
  lines.on('line', (line) => hear(socket, JSON.parse(line) as Order));
});
server.listen(process.argv[2], () => console.log('ready'));
// whoever started it holds its stdin
process.stdin.resume().on('end', () => process.exit(0));
