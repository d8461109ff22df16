/**
 * One loading of a workflow with everything it refers to: nested workflows and step templates. Each file is read once, however
 * often it is referred to, and reports its problems under its own name.
 */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from './diagnostic.ts';
import { detectDialect } from './dialect-detection.ts';
import { readEngineWorkflow } from './engine-reader.ts';
import { looksLikeText, workflowFile } from './load-file.ts';
import type { LoadOptions } from './load-options.ts';
import { readNativeWorkflow } from './native-reader.ts';
import { quoted } from './printable.ts';
import { ProblemList } from './problem-list.ts';
import type { Reading } from './reading.ts';
import { parseYaml } from './safe-yaml.ts';
import type { SourceNode } from './source-node.ts';
import { readSource, type SourceReading, sourceFromText } from './source-text.ts';
import { conventionalTemplateFiles, type StepTemplates, templatesOf } from './step-templates.ts';
import { everyStep, type Workflow } from './workflow.ts';
import { reportChecks } from './workflow-check-report.ts';

/** Workflows may stand in each other this deep. */
const MAX_WORKFLOW_DEPTH = 16;

/** Steps of a workflow with all its nested workflows. Sharing keeps that small in memory; a run's own copy has no sharing. */
const MAX_INLINED_STEPS = 50_000;

/** Problems of the surroundings, not of the file: the workflow is returned all the same. */
const OF_THE_SURROUNDINGS: ReadonlySet<string> = new Set(['STEP_TYPE_UNKNOWN', 'PERSONA_UNKNOWN']);

/** A file on the way from the first one to the one being read. */
interface Ancestor {
  readonly key: string;
  readonly name: string;
}

interface Source {
  readonly reading: SourceReading;
  readonly file: string;
  /** Where relative references are looked up; null for a text without a file. */
  readonly directory: string | null;
}

export class WorkflowLoader {
  private readonly options: LoadOptions;
  /** By file, in the order of opening. */
  private readonly reports: (readonly Diagnostic[])[] = [];
  private readonly known = new Map<string, Workflow | null>();
  private readonly inlined = new Map<Workflow, number>();
  private readonly templateFiles = new Map<string, StepTemplates>();

  constructor(options: LoadOptions) {
    this.options = options;
  }

  /** Loads a file or, where `options` or its look say so, a text. */
  load(pathOrText: string): Workflow | null {
    const isText = this.options.text ?? looksLikeText(pathOrText);
    const source = isText ? textSource(pathOrText, this.options.file) : fileSource(pathOrText, this.options.file);
    return this.read(source, [], isText ? `text of ${source.file}` : keyOf(pathOrText));
  }

  /** Everything that was found wrong, file by file. */
  diagnostics(): Diagnostic[] {
    return this.reports.flat();
  }

  private read({ reading: { source, problem }, file, directory }: Source, ancestors: readonly Ancestor[], key: string): Workflow | null {
    const slot = this.reports.length;
    this.reports.push([]);
    if (problem !== undefined) {
      this.reports[slot] = [{ file, line: 1, column: 1, severity: 'error', ...problem }];
      return null;
    }
    const problems = new ProblemList(source);
    const root = parseYaml(problems);
    const nested = { broken: false };
    const workflow = root === null ? null : this.interpret(root, problems, directory, ancestors, { key, nested });
    const found = problems.diagnostics();
    this.reports[slot] = found;
    const unfit = found.some(({ severity, code }) => severity === 'error' && !OF_THE_SURROUNDINGS.has(code));
    return unfit || nested.broken ? null : workflow;
  }

  private interpret(
    root: SourceNode,
    problems: ProblemList,
    directory: string | null,
    ancestors: readonly Ancestor[],
    { key, nested }: { readonly key: string; readonly nested: { broken: boolean } },
  ): Workflow {
    const { dialect: wanted = 'auto' } = this.options;
    const dialect = wanted === 'auto' ? detectDialect(root.value) : wanted;
    const name = root.entries?.get('name')?.node.value;
    const path = [...ancestors, { key, name: typeof name === 'string' ? name : problems.source.file }];
    const reading: Reading = {
      problems,
      options: this.options,
      origins: new Map(),
      nested: (ref, at) => {
        const complain = dialect === 'native';
        const workflow = this.nestedWorkflow(ref, directory, path, (problem) => {
          if (complain) problems.add({ at, ...problem });
          else if (problem.code === 'WORKFLOW_CYCLE' && this.options.advice === true)
            problems.add({ at, code: 'LOOP_UNBOUNDED', severity: 'warning', message: `${problem.message}, and nothing bounds that` });
        });
        if (workflow === null && complain) nested.broken = true;
        return workflow ?? undefined;
      },
    };
    const workflow =
      dialect === 'native' ? readNativeWorkflow(root, reading) : readEngineWorkflow(root, reading, () => this.templates(directory));
    reportChecks(workflow, reading);
    this.inlined.set(workflow, this.inlinedSteps(workflow));
    return workflow;
  }

  /** The workflow that a step refers to, or null with a complaint. In the engine dialect nobody listens: it is looked up late there. */
  private nestedWorkflow(
    ref: string,
    directory: string | null,
    path: readonly Ancestor[],
    complain: (problem: Omit<Parameters<ProblemList['add']>[0], 'at'>) => void,
  ): Workflow | null {
    const source = this.find(ref, directory, complain);
    if (source === null) return null;
    const circle = path.findIndex((ancestor) => ancestor.key === source.key);
    if (circle >= 0) {
      const names = [...path.slice(circle), path[circle]].map((ancestor) => ancestor?.name);
      complain({ code: 'WORKFLOW_CYCLE', message: `the workflow contains itself: ${names.join(' → ')}` });
      return null;
    }
    if (path.length >= MAX_WORKFLOW_DEPTH) {
      complain({ code: 'WORKFLOW_DEPTH', message: `workflows are nested more than ${MAX_WORKFLOW_DEPTH} deep` });
      return null;
    }
    let workflow = this.known.get(source.key);
    if (workflow === undefined) {
      workflow = this.read(source.open(), path, source.key);
      this.known.set(source.key, workflow);
    }
    if (workflow !== null && (this.inlined.get(workflow) ?? 0) > MAX_INLINED_STEPS) {
      complain({
        code: 'WORKFLOW_TOO_LARGE',
        message: `with its nested workflows, ${quoted(ref)} has more than ${MAX_INLINED_STEPS.toLocaleString('en')} steps`,
      });
      return null;
    }
    return workflow;
  }

  private find(
    ref: string,
    directory: string | null,
    complain: (problem: Omit<Parameters<ProblemList['add']>[0], 'at'>) => void,
  ): { readonly key: string; readonly open: () => Source } | null {
    const { workflows } = this.options;
    const message = `there is no workflow ${quoted(ref)}`;
    if (typeof workflows === 'function') {
      const found = resolved(workflows, ref);
      if (found === null) complain({ code: 'WORKFLOW_UNKNOWN', message });
      if (found === null) return null;
      return looksLikeText(found)
        ? { key: `name ${ref}`, open: () => ({ ...textSource(found, ref), directory }) }
        : { key: keyOf(found), open: () => fileSource(found) };
    }
    const place = workflows ?? directory;
    const path = place === null ? null : workflowFile(ref, place);
    if (path !== null) return { key: keyOf(path), open: () => fileSource(path) };
    const hint =
      place === null
        ? 'a text has no directory to look in: say where workflows are'
        : `looked for ${join(place, ref)} (.yaml, .yml, .json)`;
    complain({ code: 'WORKFLOW_UNKNOWN', message, hint });
    return null;
  }

  private inlinedSteps(workflow: Workflow): number {
    let count = 0;
    for (const step of [workflow.steps, workflow.onStepFailure, workflow.onWorkflowFailure].flatMap((steps) => [...everyStep(steps)])) {
      count += 1;
      if (step.kind === 'map') count += this.inlinedSteps(step.workflow);
      if (step.kind === 'workflow' && step.workflow !== undefined) count += this.inlined.get(step.workflow) ?? 0;
    }
    return count;
  }

  private templates(directory: string | null): StepTemplates {
    const { templates } = this.options;
    const all = new Map<string, SourceNode>();
    const files = templates === undefined ? (directory === null ? [] : conventionalTemplateFiles(directory)) : [templates].flat();
    for (const file of files) {
      for (const [name, node] of this.templateFile(file, templates === undefined)) if (!all.has(name)) all.set(name, node);
    }
    return all;
  }

  private templateFile(path: string, conventional: boolean): StepTemplates {
    const before = this.templateFiles.get(path);
    if (before !== undefined) return before;
    const { source, problem } = readSource(path);
    let templates: StepTemplates = new Map();
    if (problem !== undefined) this.reports.push([{ file: path, line: 1, column: 1, severity: 'error', ...problem }]);
    else {
      const problems = new ProblemList(source);
      const root = parseYaml(problems);
      if (root !== null) templates = templatesOf(root, problems, conventional);
      this.reports.push(problems.diagnostics());
    }
    this.templateFiles.set(path, templates);
    return templates;
  }
}

function textSource(text: string, file: string | undefined): Source {
  return { reading: sourceFromText(text, file ?? '<text>'), file: file ?? '<text>', directory: file === undefined ? null : dirname(file) };
}

function fileSource(path: string, file: string = path): Source {
  return { reading: readSource(path, file), file, directory: dirname(path) };
}

/** One name for a file however it is reached. */
function keyOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function resolved(workflows: (name: string) => string | null, ref: string): string | null {
  try {
    return workflows(ref);
  } catch {
    // the resolver is the caller's; that it found nothing is all a reader of the file needs to know
    return null;
  }
}
