/** Asks the process that runs a store's runs, if there is one that can be asked. */
import { createConnection } from 'node:net';
import { type AgentView, type ResourceView, type ServiceView, type Stopping, TroupeError } from '../../index.ts';
import { notedAddress } from './control-address.ts';
import { type ControlAnswer, type ControlRequest, LONGEST_LINE, readAnswer } from './control-messages.ts';
import { readLines } from './line-reader.ts';

/** Agents, and the services that they call. */
export interface Crowd {
  readonly agents: readonly AgentView[];
  readonly services: readonly ServiceView[];
}

/** A process that takes longer than this to make something durable hangs. */
const PATIENCE_MS = 15_000;

/**
 * Sends a request and resolves with the runs that are being run, or with null when nobody listens. Rejects with what went wrong over
 * there, or with STORE_LOCKED when somebody listens but does not answer.
 */
export async function askHost(store: string, request: ControlRequest): Promise<readonly string[] | null> {
  return (await ask(store, request))?.runs ?? null;
}

/** Asks which attempts of a run are being stopped. None where nobody listens, or nobody answers. */
export async function askStopping(store: string, run: string): Promise<readonly Stopping[]> {
  const answer = await ask(store, { do: 'stopping', run }).catch(() => null);
  return answer?.stopping ?? [];
}

/** Asks how the agents stand, and the services that they call. Null where nobody listens. */
export async function askAgents(store: string): Promise<Crowd | null> {
  const answer = await ask(store, { do: 'agents' });
  return answer === null ? null : { agents: answer.agents ?? [], services: answer.services ?? [] };
}

/** Asks what there is of resources, and who has it. Null where nobody listens. */
export async function askResources(store: string): Promise<ResourceView | null> {
  const answer = await ask(store, { do: 'resources' });
  return answer?.resources ?? null;
}

async function ask(store: string, request: ControlRequest): Promise<Extract<ControlAnswer, { ok: true }> | null> {
  const answer = await exchange(notedAddress(store), request);
  if (answer === null || answer.ok) return answer;
  const { code, message, ...more } = answer.error;
  throw new TroupeError(code, message, more);
}

function exchange(address: string, request: ControlRequest): Promise<ControlAnswer | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    let connected = false;
    const silent = () => {
      socket.destroy();
      reject(
        new TroupeError('STORE_LOCKED', 'the process that runs this store does not answer', {
          where: address,
          hint: 'stop it with Ctrl-C, then try again',
        }),
      );
    };
    // Whoever waits for the end of a run waits as long as it takes.
    const patience = request.do === 'cancel' && request.wait === true ? undefined : setTimeout(silent, PATIENCE_MS);
    socket.on('connect', () => {
      connected = true;
      socket.write(`${JSON.stringify(request)}\n`);
    });
    socket.on('error', () => socket.destroy());
    // Before a connection nobody is there; after it somebody was, and left in the middle: then the store is free, or soon will be.
    socket.on('close', () => {
      clearTimeout(patience);
      if (connected)
        reject(new TroupeError('STORE_LOCKED', 'the process that runs this store stopped before it answered', { hint: 'try again' }));
      else resolve(null);
    });
    readLines(socket, LONGEST_LINE, (line) => {
      clearTimeout(patience);
      const answer = readAnswer(line);
      if (answer === null) silent();
      else resolve(answer);
      socket.end();
    });
  });
}
