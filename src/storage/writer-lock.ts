/**
 * One writer per store.
 *
 * `lock/` holds numbered claims: `00000007.json` says who opened the store as its 7th opening, and names a hold (see
 * process-hold.ts) that the system drops when that process ends, kill -9 included. The highest claim is the store's
 * writer, if its hold is still held.
 *
 * Taking over a dead writer is where locks go wrong: two processes see the same dead holder, one replaces it, the other
 * then replaces the living one. Here nobody ever replaces anything:
 *
 * 1. A claim is made under the next number by `link`, which fails when the name is taken. Of all who saw claim 7 dead,
 *    one makes claim 8; the others meet it and look again.
 * 2. The hold is taken before the claim is made, so a claim is never seen without its holder alive.
 * 3. Who has made a claim looks around once more: it steps back if there is a higher claim, and if a lower one is held.
 *    Of two that claimed different numbers, the one that claimed later has seen the other, so they never both stay.
 *    Only who stays removes lower claims, and does so before it reads the journal; the highest is never removed.
 * 4. The number is the epoch of the opening. It is written into every line of the journal.
 * 5. Before each group commit the writer looks whether its claim is still there. If it is not, someone took over, or
 *    the store was moved or removed: the writer gets STORE_FENCED and writes nothing more.
 *
 * This serves processes of one machine, containers included. A directory shared between machines is not protected.
 */
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { TroupeError } from '../protocol/errors.ts';
import { readFile, writeFully } from './file-contents.ts';
import type { FileSystemPort, Hold } from './file-system-port.ts';
import { systemCode } from './store-failure.ts';

const CLAIM = /^(\d{8,})\.json$/;
const TRIES = 16;

/** Who holds a store. */
interface Claim {
  readonly pid: number;
  readonly host: string;
  /** ISO time of the opening. */
  readonly since: string;
  /** The name of the hold, beside the claim. */
  readonly hold: string;
}

/** The right to write a store, see the essay above. */
export interface WriterLock {
  /** The number of this opening: higher than any before. */
  readonly epoch: number;
  /** Throws STORE_FENCED when the right was lost. */
  check(): void;
  release(): void;
}

/** What a lock needs to know about its store. */
export interface LockedStore {
  readonly directory: string;
  /** The highest epoch that store.json knows. */
  readonly lastEpoch: () => Promise<number>;
  readonly now: () => number;
}

/** Takes the lock of a store. Rejects with STORE_LOCKED when another process, or this one, has it open for writing. */
export async function takeWriterLock(fs: FileSystemPort, store: LockedStore): Promise<WriterLock> {
  const directory = path.join(store.directory, 'lock');
  fs.makeDirectory(directory);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const last = await store.lastEpoch();
    const highest = claims(fs, directory).at(-1) ?? 0;
    await refuseIfHeld(fs, directory, highest, store);
    const epoch = Math.max(highest, last) + 1;
    const claimed = await claimEpoch(fs, directory, epoch, store.now());
    if (claimed === null) continue;
    if (await isAlone(fs, directory, epoch)) {
      for (const number of claims(fs, directory)) if (number < epoch) removeClaim(fs, directory, number);
      return writerLock(fs, claimFile(directory, epoch), epoch, claimed);
    }
    claimed.release();
    fs.remove(claimFile(directory, epoch));
  }
  throw new TroupeError('STORE_LOCKED', `${store.directory} is being opened by several processes at once.`, {
    where: store.directory,
    hint: 'Try again: one of them has it now.',
  });
}

async function isAlone(fs: FileSystemPort, directory: string, epoch: number): Promise<boolean> {
  for (const number of claims(fs, directory)) {
    if (number > epoch || (number < epoch && (await holderOf(fs, directory, number)) !== null)) return false;
  }
  return true;
}

/** Who holds a claim, or null when nobody does any more. */
async function holderOf(fs: FileSystemPort, directory: string, number: number): Promise<Claim | null> {
  const claim = readClaim(fs, claimFile(directory, number));
  return claim !== null && (await fs.isHeld(path.join(directory, claim.hold))) ? claim : null;
}

function writerLock(fs: FileSystemPort, file: string, epoch: number, hold: Hold): WriterLock {
  const identity = fs.identity(file);
  return {
    epoch,
    check: () => {
      if (identity !== null && fs.identity(file) === identity) return;
      throw new TroupeError('STORE_FENCED', 'This opening of the store is no longer its writer: it was taken over, moved or removed.', {
        where: file,
        hint: 'Stop this process, or open the store again if nobody else uses it. Nothing was written after the loss.',
        retryable: false,
      });
    },
    release: () => hold.release(),
  };
}

async function refuseIfHeld(fs: FileSystemPort, directory: string, number: number, store: LockedStore): Promise<void> {
  if (number === 0) return;
  const claim = await holderOf(fs, directory, number);
  if (claim === null) return;
  const self = claim.pid === process.pid && claim.host === os.hostname();
  const who = self ? `this process (${claim.pid})` : `process ${claim.pid} on ${claim.host}`;
  throw new TroupeError('STORE_LOCKED', `${store.directory} is open for writing in ${who} since ${claim.since}.`, {
    where: store.directory,
    hint: self
      ? 'Use the store that is already open, or close it first.'
      : `Wait for it or end it (kill ${claim.pid}); its end frees the store at once. To look without writing, open the store for reading only.`,
    details: { pid: claim.pid, host: claim.host, since: claim.since },
  });
}

/** Makes a claim under a number. Null when someone else has made it. */
async function claimEpoch(fs: FileSystemPort, directory: string, epoch: number, now: number): Promise<Hold | null> {
  const name = `${process.pid}-${randomBytes(8).toString('hex')}`;
  const hold = await fs.hold(path.join(directory, `${name}.hold`));
  const claim: Claim = { pid: process.pid, host: os.hostname(), since: new Date(now).toISOString(), hold: `${name}.hold` };
  const draft = path.join(directory, `${name}.draft`);
  try {
    writeClaim(fs, draft, claim);
    fs.link(draft, claimFile(directory, epoch));
    fs.remove(draft);
    return hold;
  } catch (error) {
    hold.release();
    fs.remove(draft);
    if (systemCode(error) === 'EEXIST') return null;
    throw error;
  }
}

function writeClaim(fs: FileSystemPort, file: string, claim: Claim): void {
  const bytes = Buffer.from(`${JSON.stringify(claim)}\n`, 'utf8');
  const open = fs.open(file, 'create');
  try {
    writeFully(fs, open, bytes, bytes.length, 0);
  } finally {
    fs.close(open);
  }
}

/** A claim, or null when it is gone, or empty after a power loss, when its holder is gone as well. */
function readClaim(fs: FileSystemPort, file: string): Claim | null {
  try {
    const claim: Partial<Claim> = JSON.parse(readFile(fs, file)?.toString('utf8') ?? '');
    const { pid, host = 'unknown', since = 'an unknown time', hold } = claim;
    return typeof pid === 'number' && typeof hold === 'string' ? { pid, host, since, hold: path.basename(hold) } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function removeClaim(fs: FileSystemPort, directory: string, number: number): void {
  const claim = readClaim(fs, claimFile(directory, number));
  if (claim !== null) fs.remove(path.join(directory, claim.hold));
  fs.remove(claimFile(directory, number));
}

function claims(fs: FileSystemPort, directory: string): number[] {
  return fs
    .list(directory)
    .map((name) => Number(CLAIM.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

function claimFile(directory: string, number: number): string {
  return path.join(directory, `${String(number).padStart(8, '0')}.json`);
}
