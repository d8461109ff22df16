const ENGINE_CAP_MS = 30 * 60_000;
const ENGINE_STEP_MS = 30_000;
const ENGINE_FACTOR = 1.5;

/**
 * How long an attempt may take, ms, or null for no limit. Under the engine dialect's growth attempt n gets
 * min(30 min, max(base + (n−1)·30 s, base·1.5^(n−1))); the first attempt always gets the base, even above the cap.
 */
export function attemptTimeout(baseMs: number | null, attempt: number, growth: 'engine' | undefined): number | null {
  if (baseMs === null || growth === undefined || attempt <= 1) return baseMs;
  return Math.min(ENGINE_CAP_MS, Math.max(baseMs + (attempt - 1) * ENGINE_STEP_MS, Math.round(baseMs * ENGINE_FACTOR ** (attempt - 1))));
}
