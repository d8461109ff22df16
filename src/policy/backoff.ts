/** The shape of waiting between attempts. */
export interface BackoffShape {
  readonly delayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
  readonly jitter: number;
}

/**
 * Milliseconds to wait before the attempt that follows `attempt` (1-based): delay × factor^(attempt−1), capped, and then
 * lengthened by up to the share `jitter`. `chance` is a number in [0, 1) derived from the run, so that replay waits alike.
 * The cap bounds the wait before jitter: many runs that hit the cap together are still spread out.
 */
export function backoffDelay(shape: BackoffShape, attempt: number, chance: number): number {
  const grown = shape.delayMs * shape.factor ** (attempt - 1);
  const capped = Math.min(Number.isFinite(grown) ? grown : shape.maxDelayMs, shape.maxDelayMs);
  return Math.round(capped * (1 + shape.jitter * chance));
}

/**
 * A number in [0, 1) that depends only on the seed and the text: FNV-1a over the text, mixed with the seed by the finaliser of
 * MurmurHash3. Not for secrets; good enough to spread retries.
 */
export function derivedChance(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 0x1_0000_0000;
}
