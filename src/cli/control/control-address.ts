/**
 * Where a process that runs a store's runs can be spoken to: a socket in the store's directory; where its path would be too long for
 * one, or the file system takes none, a socket of a short path, whose place is noted in the store.
 */
import { mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Socket paths are limited to 108 bytes on Linux and 104 elsewhere, the closing NUL included. */
const LONGEST_PATH = 103;

const noteOf = (store: string): string => join(store, 'control.json');
const plainAddress = (store: string): string => join(store, 'control.sock');

/** Addresses to try to listen at, the preferred one first. Those that are not taken must be forgotten. */
export function* addressesFor(store: string): Generator<string> {
  const plain = plainAddress(store);
  if (process.platform !== 'win32' && Buffer.byteLength(plain) <= LONGEST_PATH) yield plain;
  if (process.platform === 'win32') yield `\\\\.\\pipe\\troupe-control-${process.pid}`;
  else yield join(mkdtempSync(join(tmpdir(), 'troupe-')), 'control.sock');
}

/** Notes in the store at which address somebody listens, where it is not the plain one. */
export function noteAddress(store: string, address: string): void {
  if (address === plainAddress(store)) rmSync(noteOf(store), { force: true });
  else writeFileSync(noteOf(store), JSON.stringify({ socket: address }), { mode: 0o600 });
}

/** Removes what is left of an address: the socket, its note, and the folder that was made for it. Never throws. */
export function forgetAddress(store: string, address: string): void {
  try {
    if (process.platform !== 'win32') rmSync(address, { force: true });
    if (address === plainAddress(store)) return;
    rmSync(noteOf(store), { force: true });
    if (process.platform !== 'win32') rmdirSync(dirname(address));
  } catch {
    // A left-over socket refuses connections; whoever finds it knows that nobody listens.
  }
}

/** The address at which somebody may be listening. */
export function notedAddress(store: string): string {
  try {
    const note: unknown = JSON.parse(readFileSync(noteOf(store), 'utf8'));
    if (typeof note === 'object' && note !== null && 'socket' in note && typeof note.socket === 'string') return note.socket;
  } catch {
    // No note: then it is the plain address.
  }
  return plainAddress(store);
}
