import path from 'node:path';
import type { FileSystemPort, Hold } from '../../src/storage/file-system-port.ts';

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };

/** A file's bytes: what was written, then zeros up to its length. */
interface Content {
  readonly written: Buffer;
  readonly length: number;
}

interface Inode {
  readonly number: number;
  content: Content;
  durable: Content;
  /** Changes since the last sync, in order. */
  unsynced: Change[];
}

interface NameChange {
  readonly name: string;
  readonly inode: Inode | null;
}

const EMPTY: Content = { written: Buffer.alloc(0), length: 0 };

/** One call at the port: what a test can count, fail, shorten or end the process at. */
export interface Operation {
  readonly kind: keyof FileSystemPort;
  readonly path: string;
  /** 1 for the first. */
  readonly count: number;
}

/** What a fault does to an operation: an error is thrown, a number shortens a write to that many bytes. */
export type Fault = (operation: Operation) => Error | number | null;

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** A disk that knows what would be left of it: bytes and names count as kept only once they are synced. */
export class SimulatedDisk implements FileSystemPort {
  count = 0;
  fault: Fault = () => null;
  private names = new Map<string, Inode>();
  private readonly keptNames = new Map<string, Inode>();
  private unsyncedNames = new Map<string, NameChange[]>();
  private readonly files = new Map<number, { inode: Inode; path: string }>();
  private readonly held = new Set<string>();
  private next = 1;
  private starts = 1;

  /** Ends the process: open files and holds are gone, everything the system had taken stays. */
  killProcess(): void {
    this.fault = () => null;
    this.files.clear();
    this.held.clear();
  }

  /** Cuts the power: of what was not synced, each change stays (near 0), goes (near 1), or stays in part, as `random` decides. */
  cutPower(random: () => number): void {
    this.killProcess();
    this.starts += 1;
    for (const changes of this.unsyncedNames.values()) {
      for (const change of changes.slice(0, Math.floor((1 - random()) * (changes.length + 1)))) this.setIn(this.keptNames, change);
    }
    this.unsyncedNames = new Map();
    this.names = new Map(this.keptNames);
    for (const inode of new Set(this.names.values())) {
      for (const change of inode.unsynced) {
        const fate = random();
        if (fate < 0.4) inode.durable = applied(inode.durable, change);
        else if (fate < 0.7 && 'bytes' in change) inode.durable = applied(inode.durable, part(change, random));
      }
      inode.unsynced = [];
      inode.content = inode.durable;
    }
  }

  /** The bytes of a file as the process sees them. */
  bytes(file: string): Buffer {
    const { written, length } = this.inode(file).content;
    return Buffer.concat([written, Buffer.alloc(length - written.length)]);
  }

  /** Puts bytes in a file, synced. */
  replace(file: string, bytes: Buffer): void {
    const inode = this.inode(file);
    inode.content = { written: bytes, length: bytes.length };
    inode.durable = inode.content;
    inode.unsynced = [];
  }

  open(file: string, mode: 'read' | 'update' | 'create'): number {
    this.step('open', file);
    let inode = this.names.get(file);
    if (inode === undefined) {
      if (mode !== 'create') throw systemError('ENOENT');
      this.next += 1;
      inode = { number: this.next, content: EMPTY, durable: EMPTY, unsynced: [] };
      this.setName(file, inode);
    } else if (mode === 'create') {
      this.change(inode, { length: 0 });
    }
    this.next += 1;
    this.files.set(this.next, { inode, path: file });
    return this.next;
  }

  close(file: number): void {
    this.files.delete(file);
  }

  read(file: number, target: Uint8Array, length: number, position: number): number {
    const { written, length: size } = this.at('read', file).content;
    const taken = Math.max(0, Math.min(length, size - position));
    target.fill(0, 0, taken);
    target.set(written.subarray(Math.min(position, written.length), Math.min(position + taken, written.length)));
    return taken;
  }

  write(file: number, source: Uint8Array, offset: number, length: number, position: number): number {
    const taken = this.step('write', this.files.get(file)?.path ?? '') ?? length;
    const bytes = Buffer.from(source.subarray(offset, offset + Math.min(taken, length)));
    this.change(this.opened(file), { at: position, bytes });
    return bytes.length;
  }

  truncate(file: number, length: number): void {
    this.change(this.at('truncate', file), { length });
  }

  size(file: number): number {
    return this.at('size', file).content.length;
  }

  sync(file: number): void {
    keep(this.at('sync', file));
  }

  async syncLater(file: number): Promise<void> {
    this.step('syncLater', this.files.get(file)?.path ?? '');
    await new Promise((resolve) => setImmediate(resolve));
    keep(this.at('syncLater', file));
  }

  syncDirectory(directory: string): void {
    this.step('syncDirectory', directory);
    for (const change of this.unsyncedNames.get(directory) ?? []) this.setIn(this.keptNames, change);
    this.unsyncedNames.delete(directory);
  }

  makeDirectory(directory: string): void {
    this.step('makeDirectory', directory);
  }

  list(directory: string): string[] {
    this.step('list', directory);
    return [...this.names.keys()].filter((name) => path.dirname(name) === directory).map((name) => path.basename(name));
  }

  rename(from: string, to: string): void {
    this.step('rename', to);
    const inode = this.inode(from);
    this.setName(to, inode);
    this.setName(from, null);
  }

  link(existing: string, name: string): void {
    this.step('link', name);
    if (this.names.has(name)) throw systemError('EEXIST');
    this.setName(name, this.inode(existing));
  }

  remove(file: string): void {
    this.step('remove', file);
    if (this.names.has(file)) this.setName(file, null);
  }

  identity(file: string): number | null {
    this.step('identity', file);
    return this.names.get(file)?.number ?? null;
  }

  async hold(file: string): Promise<Hold> {
    this.step('hold', file);
    this.held.add(file);
    return { release: () => this.held.delete(file) };
  }

  async isHeld(file: string): Promise<boolean> {
    return this.held.has(file);
  }

  boot(): string {
    return `start ${this.starts}`;
  }

  private step(kind: keyof FileSystemPort, file: string): number | null {
    this.count += 1;
    const fault = this.fault({ kind, path: file, count: this.count });
    if (fault instanceof Error) throw fault;
    return fault;
  }

  private at(kind: keyof FileSystemPort, file: number): Inode {
    this.step(kind, this.files.get(file)?.path ?? '');
    return this.opened(file);
  }

  private opened(file: number): Inode {
    const open = this.files.get(file);
    if (open === undefined) throw systemError('EBADF');
    return open.inode;
  }

  private inode(file: string): Inode {
    const inode = this.names.get(file);
    if (inode === undefined) throw systemError('ENOENT');
    return inode;
  }

  private change(inode: Inode, change: Change): void {
    inode.content = applied(inode.content, change);
    inode.unsynced.push(change);
  }

  private setName(name: string, inode: Inode | null): void {
    this.setIn(this.names, { name, inode });
    const directory = path.dirname(name);
    this.unsyncedNames.set(directory, [...(this.unsyncedNames.get(directory) ?? []), { name, inode }]);
  }

  private setIn(names: Map<string, Inode>, { name, inode }: NameChange): void {
    if (inode === null) names.delete(name);
    else names.set(name, inode);
  }
}

function keep(inode: Inode): void {
  inode.durable = inode.content;
  inode.unsynced = [];
}

function applied({ written, length }: Content, change: Change): Content {
  if (!('bytes' in change)) return { written: written.subarray(0, change.length), length: change.length };
  const end = change.at + change.bytes.length;
  const result = Buffer.alloc(Math.max(written.length, end));
  written.copy(result);
  change.bytes.copy(result, change.at);
  return { written: result, length: Math.max(length, end) };
}

function part(change: { readonly at: number; readonly bytes: Buffer }, random: () => number): Change {
  const from = Math.floor(random() * change.bytes.length);
  const to = from + Math.floor(random() * (change.bytes.length - from + 1));
  const start = random() < 0.5 ? 0 : from;
  return { at: change.at + start, bytes: change.bytes.subarray(start, to) };
}
