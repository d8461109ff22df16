import fs from 'node:fs';

/** The least there can be of a durable journal for many writers: one file, one write and one sync for everything that came meanwhile. */
export class GroupCommittedFile {
  readonly #file: number;
  #waiting: { readonly line: string; readonly written: () => void }[] = [];
  #writing = false;

  constructor(path: string) {
    this.#file = fs.openSync(path, 'a');
  }

  /** Resolves when the line is on the medium. */
  append(line: string): Promise<void> {
    return new Promise((written) => {
      this.#waiting.push({ line, written });
      if (this.#writing) return;
      this.#writing = true;
      setImmediate(() => this.#flush());
    });
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    fs.writeSync(this.#file, group.map(({ line }) => line).join(''));
    fs.fdatasync(this.#file, (error) => {
      if (error !== null) throw error;
      for (const { written } of group) written();
      if (this.#waiting.length > 0) this.#flush();
      else this.#writing = false;
    });
  }
}
