/**
 * Numbers in [0, 1) in a row that depends on the seed alone: a counter mixed by the finaliser of MurmurHash3 (the same mixing as
 * `derivedChance`). For searching and sampling, not for secrets.
 */
export function seededChances(seed: number): () => number {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let hash = counter;
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
    return (hash >>> 0) / 0x1_0000_0000;
  };
}
