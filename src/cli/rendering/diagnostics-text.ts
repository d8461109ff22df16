import { type Diagnostic, formatDiagnostic } from '../../index.ts';
import type { Paint } from '../text/paint.ts';

/** Problems of files, each with its place and the lines around it. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], paint: Paint): string {
  return diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, { color: paint.on })).join('\n\n');
}

/** `2 errors, 1 warning`. */
export function diagnosticCounts(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic['severity']) => diagnostics.filter((each) => each.severity === severity).length;
  const said = (['error', 'warning'] as const).map((severity) => [count(severity), severity] as const).filter(([n]) => n > 0);
  return said.map(([n, severity]) => `${n} ${severity}${n === 1 ? '' : 's'}`).join(', ');
}
