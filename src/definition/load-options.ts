import type { Dialect } from './workflow.ts';

/** How a workflow file is read, and what it may refer to. */
export interface LoadOptions {
  /** Default `auto`: recognised by the form of the steps. */
  readonly dialect?: Dialect | 'auto';
  /**
   * Engine dialect only. Default `engine`: the run follows the execution rules of that dialect. `none`: ours, with the failure policy
   * `continue` and timeouts that do not grow.
   */
  readonly compat?: 'engine' | 'none';
  /** Registered step types beside the built-in ones; `any` accepts every type. */
  readonly stepTypes?: readonly string[] | 'any';
  /** Personas that somebody plays. When given, a step that asks for another one is a diagnostic, unless somebody plays `*`: everybody. */
  readonly personas?: readonly string[];
  /**
   * true: also warn of what may be meant that way (steps that can never run, waits without a deadline, outputs that may be missing, see
   * `checkWorkflow`). `troupe validate` and `troupe plan` do. Default false: a run that starts every day need not hear it every day.
   */
  readonly advice?: boolean;
  /**
   * Where nested workflows are found by name: a directory, or a function that gives a path or a text for a name, or null.
   * Default: the directory of the file.
   */
  readonly workflows?: string | ((name: string) => string | null);
  /** Engine dialect only: files with step templates. Default: by convention, in `templates/` and `step-templates.yaml` near the file. */
  readonly templates?: string | readonly string[];
  /** The name of the text in messages; relative references of a text are looked up beside it. Default `<text>`. */
  readonly file?: string;
  /** true: the argument is the text of a workflow; false: it is a path. Default: a text when it has a line break, ": " or a leading "{". */
  readonly text?: boolean;
}
