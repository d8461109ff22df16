/** Whether a gate holds. */
import type { GateSettings } from '../definition/phase-settings.ts';
import type { Json } from '../protocol/json.ts';
import type { StepOutcome } from '../protocol/outcomes.ts';

/** What a gate is judged by. */
export interface GateEvidence {
  /** How each of the steps has ended. Only those that completed or failed have run to their end, and count. */
  readonly outcomes: readonly StepOutcome[];
  /** Whether the members were joined as their group says. */
  readonly joined: boolean;
  /** Whether the condition holds; null where there is none. */
  readonly check: boolean | null;
  /** By path: what stands there. */
  readonly scores: Readonly<Record<string, Json | undefined>>;
  /** What the persona says; null where nobody has been asked. */
  readonly verdict: 'pass' | 'fail' | 'unknown' | null;
  /** What the person has decided; null where nobody has been asked. */
  readonly decision: 'approved' | 'rejected' | 'unanswered' | null;
}

/** One of the things that a gate demands. */
export interface GateCheck {
  readonly kind: 'joined' | 'rate' | 'check' | 'score' | 'persona' | 'person';
  /** What is looked at: the condition, the path, the persona, the person; of the others, its name. */
  readonly of: string;
  readonly required: Json;
  readonly actual: Json;
  readonly passed: boolean;
}

/** How a gate was found. */
export interface GateResult {
  readonly passed: boolean;
  /** Steps that ran to their end, and those of them that completed. */
  readonly ran: number;
  readonly completed: number;
  readonly checks: readonly GateCheck[];
}

/** Judges a gate. A rate above 0 does not hold where nothing ran, a score does not where there is no number. Whoever was not asked is left out. */
export function checkGate(gate: GateSettings, evidence: GateEvidence): GateResult {
  const completed = evidence.outcomes.filter((outcome) => outcome === 'completed').length;
  const ran = completed + evidence.outcomes.filter((outcome) => outcome === 'failed').length;
  const checks: GateCheck[] = [];
  if (gate.rate === undefined) {
    checks.push({ kind: 'joined', of: 'joined', required: true, actual: evidence.joined, passed: evidence.joined });
  } else {
    const actual = ran === 0 ? 0 : completed / ran;
    checks.push({ kind: 'rate', of: 'rate', required: gate.rate, actual, passed: actual >= gate.rate });
  }
  if (gate.check !== undefined) {
    checks.push({ kind: 'check', of: gate.check, required: true, actual: evidence.check, passed: evidence.check === true });
  }
  for (const [path, least] of Object.entries(gate.scores ?? {})) {
    const actual = evidence.scores[path] ?? null;
    checks.push({ kind: 'score', of: path, required: least, actual, passed: typeof actual === 'number' && actual >= least });
  }
  if (gate.persona !== undefined && evidence.verdict !== null) {
    checks.push({ kind: 'persona', of: gate.persona, required: 'pass', actual: evidence.verdict, passed: evidence.verdict === 'pass' });
  }
  if (gate.person !== undefined && evidence.decision !== null) {
    const of = gate.person.assignees?.join(', ') ?? gate.person.role ?? 'a person';
    checks.push({ kind: 'person', of, required: 'approved', actual: evidence.decision, passed: evidence.decision === 'approved' });
  }
  return { passed: checks.every(({ passed }) => passed), ran, completed, checks };
}

/** What a gate found wanting, in one clause. */
export function gateInWords({ checks, ran, completed }: GateResult): string {
  const wanting = checks.filter(({ passed }) => !passed);
  return wanting.map((check) => inWords(check, ran, completed)).join('; ');
}

function inWords({ kind, of, required, actual }: GateCheck, ran: number, completed: number): string {
  switch (kind) {
    case 'joined':
      return 'its members were not joined';
    case 'rate':
      return `${completed} of ${ran} steps completed, a rate of ${required} is required`;
    case 'check':
      return `${of} does not hold`;
    case 'score':
      return `${of} is ${JSON.stringify(actual)}, at least ${required} is required`;
    case 'persona':
      return `${of} does not let it pass`;
    case 'person':
      return actual === 'rejected' ? `${of} has rejected it` : `${of} has not answered`;
  }
}
