/** Listens for other commands while this process runs a store's runs. Only the user who started it can connect. */

import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type AgentView, errorData, type ResourceView, type ServiceView, type Stopping } from '../../index.ts';
import { addressesFor, forgetAddress, noteAddress } from './control-address.ts';
import { type ControlAnswer, type ControlRequest, LONGEST_LINE, readRequest } from './control-messages.ts';
import { readLines } from './line-reader.ts';

export interface ControlServer {
  /** Hangs up on everybody and removes the socket. Idempotent. */
  close(): void;
}

/** Does what is asked; resolves with the runs that are being run. What it throws becomes the answer. */
export type Obey = (request: Exclude<ControlRequest, { do: 'stopping' | 'agents' | 'resources' }>) => Promise<readonly string[]>;

/** Where what is only asked is looked up. */
export interface LookUp {
  /** Which attempts of a run are being stopped. */
  readonly stopping: (run: string) => readonly Stopping[];
  readonly agents: () => readonly AgentView[];
  readonly services: () => readonly ServiceView[];
  readonly resources: () => ResourceView;
}

const NOTHING: LookUp = {
  stopping: () => [],
  agents: () => [],
  services: () => [],
  resources: () => ({ accounts: [], held: [], waiting: [] }),
};

/**
 * Starts to listen. Whoever calls holds the store's lock, so a socket that is there already belongs to nobody any more. Null where
 * no socket can be made: then the runs cannot be spoken to from outside, which is no reason not to run them.
 */
export async function serveControl(store: string, obey: Obey, lookUp: LookUp = NOTHING): Promise<ControlServer | null> {
  for (const address of addressesFor(store)) {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => converse(socket, sockets, obey, lookUp));
    if (!(await listen(server, address))) {
      forgetAddress(store, address);
      continue;
    }
    noteAddress(store, address);
    const forget = () => forgetAddress(store, address);
    process.once('exit', forget);
    return {
      close: () => {
        server.close();
        for (const socket of sockets) socket.destroy();
        process.off('exit', forget);
        forget();
      },
    };
  }
  return null;
}

function listen(server: Server, address: string): Promise<boolean> {
  if (process.platform !== 'win32') rmSync(address, { force: true });
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    // The socket is made before `listen` returns: at no moment can anybody else connect to it.
    const mask = process.umask(0o177);
    try {
      server.listen(address, () => {
        server.removeAllListeners('error');
        server.on('error', () => {});
        server.unref();
        resolve(true);
      });
    } finally {
      process.umask(mask);
    }
  });
}

function converse(socket: Socket, sockets: Set<Socket>, obey: Obey, lookUp: LookUp): void {
  sockets.add(socket);
  socket.unref();
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => socket.destroy());
  let turn = Promise.resolve();
  readLines(socket, LONGEST_LINE, (line) => {
    turn = turn.then(async () => {
      const answer = await answerTo(line, obey, lookUp);
      socket.write(`${JSON.stringify(answer)}\n`);
    });
  });
}

async function answerTo(line: string, obey: Obey, lookUp: LookUp): Promise<ControlAnswer> {
  const request = readRequest(line);
  if (request === null)
    return { ok: false, error: { code: 'INTERNAL', message: 'this is not a request: is it the same version of troupe?' } };
  try {
    if (request.do === 'stopping') return { ok: true, runs: [], stopping: lookUp.stopping(request.run) };
    if (request.do === 'agents') return { ok: true, runs: [], agents: lookUp.agents(), services: lookUp.services() };
    if (request.do === 'resources') return { ok: true, runs: [], resources: lookUp.resources() };
    return { ok: true, runs: await obey(request) };
  } catch (thrown) {
    return { ok: false, error: errorData(thrown) };
  }
}
