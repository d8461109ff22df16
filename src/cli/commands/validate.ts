import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CrewDefinition, type Diagnostic, hasErrors, type LoadOptions, loadCrew, loadDirectory, loadWorkflow } from '../../index.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { crewOptions, shownDiagnostics } from '../files/definitions.ts';
import { crewBeside, crewPath, isCrewFile } from '../files/named-file.ts';
import { diagnosticCounts, diagnosticsText } from '../rendering/diagnostics-text.ts';
import type { Desk } from '../terminal/desk.ts';

/** Options of `troupe validate`, as typed. */
export interface ValidateCommandOptions {
  readonly crew?: string;
  readonly stepTypes?: string;
}

/** `troupe validate <files|folders…>`: everything that is wrong with them, at once. */
export async function validate(desk: Desk, typed: readonly string[], options: ValidateCommandOptions): Promise<ExitCode> {
  const check = new Check(desk, options);
  for (const each of typed) await check.path(desk.path(each));
  const diagnostics = shownDiagnostics(desk, check.diagnostics());
  const valid = !hasErrors(diagnostics);
  if (desk.json) {
    desk.document({ valid, checked: check.checked, diagnostics });
  } else {
    if (diagnostics.length > 0) desk.print(diagnosticsText(diagnostics, desk.paint));
    const what = `${check.checked} ${check.checked === 1 ? 'file' : 'files'} checked`;
    desk.remark(diagnostics.length === 0 ? `${what}, all well.` : `\n${what}: ${diagnosticCounts(diagnostics)}`);
  }
  if (valid) return EXIT.ok;
  return check.isNothingThere() ? EXIT.notFound : EXIT.invalid;
}

class Check {
  checked = 0;
  readonly #desk: Desk;
  readonly #options: ValidateCommandOptions;
  /** By place, code and message: a file that is met twice is told of once. */
  readonly #found = new Map<string, Diagnostic>();
  readonly #crews = new Map<string, CrewDefinition | null>();

  constructor(desk: Desk, options: ValidateCommandOptions) {
    this.#desk = desk;
    this.#options = options;
  }

  diagnostics(): Diagnostic[] {
    return [...this.#found.values()];
  }

  /** Whether all that is wrong is that files are not there. */
  isNothingThere(): boolean {
    const errors = this.diagnostics().filter(({ severity }) => severity === 'error');
    return errors.every(({ code, file }) => code === 'FILE_UNREADABLE' && !existsSync(this.#desk.path(file)));
  }

  async path(path: string): Promise<void> {
    if (existsSync(path) && statSync(path).isDirectory()) return this.#folder(path);
    if (isCrewFile(path)) {
      await this.#crew(path);
      return;
    }
    this.checked += 1;
    const crew = crewBeside(path);
    this.#note((await loadWorkflow(path, { text: false, ...(await this.#surroundings(crew)), advice: true })).diagnostics);
  }

  async #folder(folder: string): Promise<void> {
    const names = readdirSync(folder);
    for (const name of names) if (isCrewFile(name)) await this.#crew(join(folder, name));
    const { workflows, diagnostics } = await loadDirectory(folder, {
      ...(await this.#surroundings(crewBeside(join(folder, 'workflow.yml')))),
      advice: true,
    });
    const broken = new Set(diagnostics.filter(({ severity }) => severity === 'error').map(({ file }) => file));
    const whole = workflows.map(({ file }) => file ?? '').filter((file) => !broken.has(file));
    this.checked += whole.length + [...broken].filter((file) => dirname(file) === folder && !isCrewFile(basename(file))).length;
    this.#note(diagnostics);
  }

  /** What the workflows may ask for: the crew that was named or stands beside them, and further step types. */
  async #surroundings(beside: string | null): Promise<LoadOptions> {
    const file = this.#options.crew === undefined ? beside : crewPath(this.#desk, this.#options.crew);
    const crew = file === null ? null : await this.#crew(file);
    const typed = this.#options.stepTypes?.split(',').map((name) => name.trim());
    if (typed?.includes('any') === true) return { ...(crew === null ? {} : crewOptions(crew)), stepTypes: 'any' };
    const known = crew === null ? {} : crewOptions(crew);
    const stepTypes = [...(Array.isArray(known.stepTypes) ? known.stepTypes : []), ...(typed ?? [])];
    return { ...known, stepTypes };
  }

  async #crew(path: string): Promise<CrewDefinition | null> {
    const known = this.#crews.get(path);
    if (known !== undefined) return known;
    this.checked += 1;
    const { crew, diagnostics } = await loadCrew(path, { text: false });
    this.#note(diagnostics);
    this.#crews.set(path, crew);
    return crew;
  }

  #note(diagnostics: readonly Diagnostic[]): void {
    for (const one of diagnostics) this.#found.set(`${one.file}:${one.line}:${one.column} ${one.code} ${one.message}`, one);
  }
}
