/** How tokens per minute are counted, in checks and in plans alike. */

/** A minute: what tokens are counted by. */
export const TOKEN_WINDOW_MS = 60_000;

/** How long a task of `ms` holds its tokens per minute. */
export const tokenHoldMs = (ms: number): number => Math.max(ms, TOKEN_WINDOW_MS);

/**
 * The tokens per minute a task holds: it uses its tokens evenly over its time, `ms`, but over a minute at least, because a limit per
 * minute still counts what a shorter task has used before it ended.
 */
export function tokenRate(tokens: number, ms: number): number {
  return (tokens * TOKEN_WINDOW_MS) / tokenHoldMs(ms);
}
