import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';
import { readFile, replaceFile } from './file-contents.ts';
import { fileNameOf } from './file-name.ts';
import type { FileSystemPort } from './file-system-port.ts';
import type { StoreLayout } from './store-layout.ts';
import type { WriteBehind } from './write-behind.ts';

/** `house/<name>.json`: what a house remembers from one process to the next (how its agents did, what they have used up). */
export class HouseDocuments {
  private readonly fs: FileSystemPort;
  private readonly layout: StoreLayout;
  private readonly behind: WriteBehind;
  /** What is not written yet. */
  private readonly fresh = new Map<string, JsonObject>();

  constructor(fs: FileSystemPort, layout: StoreLayout, behind: WriteBehind) {
    this.fs = fs;
    this.layout = layout;
    this.behind = behind;
  }

  /** Keeps a document: soon, where losing it in a crash does no harm, else before this returns. Throws what the disk says. */
  put(name: string, document: JsonObject, when: 'soon' | 'now'): void {
    if (when === 'now') {
      this.fresh.delete(name);
      this.write(name, document, true);
      return;
    }
    this.fresh.set(name, document);
    this.behind.put(`house ${name}`, async () => {
      const latest = this.fresh.get(name);
      this.fresh.delete(name);
      if (latest !== undefined) this.write(name, latest, false);
    });
  }

  get(name: string): JsonObject | null {
    return this.fresh.get(name) ?? readHouseDocument(this.fs, this.layout, name);
  }

  private write(name: string, document: JsonObject, durable: boolean): void {
    const bytes = Buffer.from(`${JSON.stringify(document, null, 2)}\n`, 'utf8');
    this.fs.makeDirectory(this.layout.house);
    replaceFile(this.fs, bytes, {
      file: fileOf(this.layout, name),
      temporary: this.layout.temporary,
      durable: durable ? 'file' : 'none',
    });
  }
}

/** The document as last written; null when there is none, or none that can be read: what a house remembers may be lost. */
export function readHouseDocument(fs: FileSystemPort, layout: StoreLayout, name: string): JsonObject | null {
  const bytes = readFile(fs, fileOf(layout, name));
  return bytes === null ? null : parsed(bytes);
}

/** A sentence for each document that is there and cannot be read: whoever keeps it begins anew, and it is written over. */
export function houseDocumentWarnings(fs: FileSystemPort, layout: StoreLayout): string[] {
  return listed(fs, layout.house).flatMap((name) => {
    const file = path.join(layout.house, name);
    const bytes = name.endsWith('.json') ? readFile(fs, file) : null;
    if (bytes === null || parsed(bytes) !== null) return [];
    return [`${file} cannot be read: what it remembered of earlier processes is lost, and begins anew`];
  });
}

function listed(fs: FileSystemPort, directory: string): string[] {
  try {
    return fs.list(directory);
  } catch {
    return []; // nothing was ever remembered
  }
}

function parsed(bytes: Buffer): JsonObject | null {
  try {
    const value: Json = JSON.parse(bytes.toString('utf8'));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

const fileOf = (layout: StoreLayout, name: string): string => path.join(layout.house, `${fileNameOf(name)}.json`);
