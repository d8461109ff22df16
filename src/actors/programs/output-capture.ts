import { isUtf8 } from 'node:buffer';

/** The text of captured bytes. `replaced`: some were not UTF-8 and became U+FFFD. */
export interface CapturedText {
  readonly text: string;
  readonly replaced: boolean;
}

/** Decodes bytes as UTF-8; whatever is not becomes U+FFFD, a byte order mark is dropped. */
export function decodeUtf8(bytes: Buffer): CapturedText {
  return { text: new TextDecoder().decode(bytes), replaced: !isUtf8(bytes) };
}

/** Keeps the first `limit` bytes of a stream and says when there are more. */
export class HeadCapture {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #kept = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when the chunk went over the limit; what fits of it is kept. */
  add(chunk: Buffer): boolean {
    const fits = chunk.subarray(0, this.#limit - this.#kept);
    if (fits.length > 0) this.#chunks.push(fits);
    this.#kept += fits.length;
    return fits.length === chunk.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** Keeps the last `limit` bytes of a stream: the end of an error output says why. */
export class TailCapture {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #kept = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#kept += chunk.length;
    // cutting at twice the limit copies each byte about once
    if (this.#kept > this.#limit * 2) this.#chunks = [this.bytes()];
    if (this.#chunks.length === 1) this.#kept = this.#chunks[0]?.length ?? 0;
  }

  /** The kept bytes, from the start of a character on. */
  bytes(): Buffer {
    const all = Buffer.concat(this.#chunks);
    if (all.length <= this.#limit) return all;
    let from = all.length - this.#limit;
    // a cut inside a character would look like damage: continuation bytes are 10xxxxxx
    while (from < all.length && ((all[from] ?? 0) & 0xc0) === 0x80) from += 1;
    return all.subarray(from);
  }
}
