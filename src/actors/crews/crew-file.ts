/**
 * Loads a crew file: who plays which persona. As with workflows, bad content is diagnostics, never a throw, and all
 * problems of the file are reported at once.
 */
import { dirname, resolve } from 'node:path';
import { type Diagnostic, hasErrors } from '../../definition/diagnostic.ts';
import { looksLikeText } from '../../definition/load-file.ts';
import { ProblemList } from '../../definition/problem-list.ts';
import { parseYaml } from '../../definition/safe-yaml.ts';
import { readSource, sourceFromText } from '../../definition/source-text.ts';
import type { CrewDefinition } from './crew-definition.ts';
import { readKindLimits } from './crew-limits.ts';
import { CrewReader } from './crew-reader.ts';
import { readRoles } from './crew-roles.ts';
import { readServiceTerms } from './crew-services.ts';

/** What reading a crew file gives. `crew` is null when it has errors. */
export interface CrewLoadResult {
  readonly crew: CrewDefinition | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** How a crew file is read. */
export interface CrewLoadOptions {
  /** The name of a text in messages, and the file beside which its relative paths are looked up. Default `<text>`. */
  readonly file?: string;
  /** true: the argument is the text of a crew file; false: it is a path. Default: a text when it has a line break, ": " or a leading "{". */
  readonly text?: boolean;
}

/** Loads a crew from a YAML or JSON file, or from its text; `crewFromDefinition` makes the agents. Never rejects. */
export async function loadCrew(pathOrText: string, options: CrewLoadOptions = {}): Promise<CrewLoadResult> {
  const isText = options.text ?? looksLikeText(pathOrText);
  const file = isText ? options.file : pathOrText;
  const name = options.file ?? file ?? '<text>';
  const { source, problem } = isText ? sourceFromText(pathOrText, name) : readSource(pathOrText, name);
  if (problem !== undefined)
    return { crew: null, diagnostics: [aboutCrews({ file: name, line: 1, column: 1, severity: 'error', ...problem })] };
  const problems = new ProblemList(source);
  const root = parseYaml(problems);
  const agents = root === null ? [] : new CrewReader(problems, file === undefined ? null : dirname(file)).read(root);
  const roles = root === null ? undefined : readRoles(root, problems);
  const maxConcurrent = root === null ? undefined : readKindLimits(root, agents, problems);
  const services = root === null ? undefined : readServiceTerms(root, problems);
  const diagnostics = problems.diagnostics().map(aboutCrews);
  if (hasErrors(diagnostics)) return { crew: null, diagnostics };
  return {
    crew: {
      ...(file === undefined ? {} : { file: resolve(file) }),
      agents,
      ...(roles === undefined ? {} : { roles }),
      ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
      ...(services === undefined ? {} : { services }),
    },
    diagnostics,
  };
}

/** The readers of text and YAML speak of workflows. */
function aboutCrews(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.code === 'FILE_EMPTY') return { ...diagnostic, hint: 'a crew needs at least "agents"' };
  if (diagnostic.code === 'FILE_TOO_LARGE') return { ...diagnostic, hint: 'keep large answers in a module agent' };
  return diagnostic;
}
