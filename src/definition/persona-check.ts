import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import type { Reading } from './reading.ts';
import type { Dialect } from './workflow.ts';

/** What a template of a dialect begins with. */
const OPENING: Readonly<Record<Dialect, string>> = { native: '{{', engine: '${' };

/**
 * Reports a persona that nobody in the crew plays, when the crew is known. Whoever plays `*` plays everybody, and a persona that is a
 * template is known only in the run.
 */
export function checkPersona(persona: string, at: number, dialect: Dialect, reading: Reading): void {
  const { personas } = reading.options;
  if (personas === undefined || personas.includes('*') || personas.includes(persona) || persona.includes(OPENING[dialect])) return;
  const closest = nearest(persona, personas);
  const hint = closest === null ? `the crew plays: ${personas.slice(0, 20).join(', ') || 'nothing at all'}` : `did you mean "${closest}"?`;
  reading.problems.add({ code: 'PERSONA_UNKNOWN', at, message: `nobody in the crew plays ${quoted(persona)}`, hint });
}
