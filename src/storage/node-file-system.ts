import fs from 'node:fs';
import type { FileSystemPort } from './file-system-port.ts';
import { bootId, holdPath, isPathHeld } from './process-hold.ts';

const FLAGS = { read: 'r', update: 'r+', create: 'w+' } as const;

/** The real disk, see {@link FileSystemPort}. Files are created for their owner only: journals carry what agents said. */
export const nodeFileSystem: FileSystemPort = {
  open: (path, mode) => fs.openSync(path, FLAGS[mode], 0o600),
  close: (file) => fs.closeSync(file),
  read: (file, target, length, position) => fs.readSync(file, target, 0, length, position),
  write: (file, source, offset, length, position) => fs.writeSync(file, source, offset, length, position),
  truncate: (file, length) => fs.ftruncateSync(file, length),
  size: (file) => fs.fstatSync(file).size,
  sync: (file) => fs.fdatasyncSync(file),
  syncLater: (file) => new Promise((resolve, reject) => fs.fdatasync(file, (error) => (error === null ? resolve() : reject(error)))),
  syncDirectory: (path) => {
    // Windows neither allows nor needs it: NTFS journals names itself.
    if (process.platform === 'win32') return;
    const directory = fs.openSync(path, 'r');
    try {
      fs.fsyncSync(directory);
    } finally {
      fs.closeSync(directory);
    }
  },
  makeDirectory: (path) => {
    fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  list: (path) => {
    try {
      return fs.readdirSync(path);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  },
  rename: (from, to) => fs.renameSync(from, to),
  link: (existing, name) => fs.linkSync(existing, name),
  remove: (path) => fs.rmSync(path, { force: true }),
  identity: (path) => fs.statSync(path, { throwIfNoEntry: false })?.ino ?? null,
  hold: holdPath,
  isHeld: isPathHeld,
  boot: bootId,
};
