import { type ExecutionPlan, type PlanOptions, plan as planOf, type RunHandle, type Workflow } from '../../index.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { InvalidFiles } from '../failure/invalid-files.ts';
import { readWorkflow, shownDiagnostics } from '../files/definitions.ts';
import { workflowPath } from '../files/named-file.ts';
import { overruledDemands } from '../files/overruled-demands.ts';
import { limitsHere } from '../files/typed-limits.ts';
import { refusePlanOptions, type TypedPlanOptions, typedPlanOptions } from '../files/typed-plan-options.ts';
import { typedCount, typedDuration, typedObject, typedRunId, typedVariables } from '../files/typed-values.ts';
import { refuseUnknownMaps } from '../files/unknown-maps.ts';
import { attend } from '../hosting/attendance.ts';
import { chooseCrew, crewOf, refuseNobody } from '../hosting/crew-choice.ts';
import { reportEndings } from '../hosting/endings.ts';
import { House } from '../hosting/house.ts';
import { rememberLaunch } from '../hosting/launch-record.ts';
import { learnedHistory } from '../hosting/learned-history.ts';
import { newRunId } from '../hosting/run-id.ts';
import type { Desk } from '../terminal/desk.ts';
import { spanText } from '../text/time-text.ts';

/** Options of `troupe run`, as typed; those of a plan, but for the concurrency, go with `planned`. */
export interface RunCommandOptions extends TypedPlanOptions {
  readonly limit?: readonly string[];
  readonly crew?: string;
  readonly input?: string;
  readonly var?: readonly string[];
  readonly id?: string;
  readonly timeout?: string;
  readonly compat?: 'engine' | 'none';
  readonly oversight?: 'supervised' | 'monitored' | 'autonomous';
  readonly wait?: boolean;
  /** Plan first, and carry the plan out. */
  readonly planned?: boolean;
}

/** `troupe run <file>`: starts a run and stays with it until it ends. */
export async function run(desk: Desk, file: string, options: RunCommandOptions): Promise<ExitCode> {
  const planOptions = options.planned === true ? typedPlanOptions(options) : null;
  if (planOptions === null) refusePlanOptions(options);
  const path = workflowPath(desk, file);
  const chosen = await chooseCrew(desk, options.crew, path);
  const workflow = await readWorkflow(desk, path, chosen.definition, options.compat);
  refuseNobody(desk, chosen, workflow, path);
  const input = options.input === undefined ? {} : await typedObject(desk, '--input', options.input);
  const variables = typedVariables(options.var ?? []);
  const id = options.id === undefined ? newRunId() : typedRunId(options.id);
  const maxConcurrency = options.concurrency === undefined ? undefined : typedCount('--concurrency', options.concurrency, 1);
  const timeoutMs = options.timeout === undefined ? undefined : typedDuration('--timeout', options.timeout);

  const plan =
    planOptions === null
      ? null
      : await planned(desk, { workflow, path, history: options.history !== false }, { ...planOptions, input, variables });

  const limits = limitsHere(options.limit);
  const house = await House.open(desk, limits);
  let handle: RunHandle;
  try {
    const runtime = await house.employ(crewOf(chosen), maxConcurrency);
    handle = await runtime.start(workflow, {
      id,
      input,
      variables,
      ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
      ...(plan === null ? {} : { plan }),
      ...(options.oversight === undefined ? {} : { oversight: options.oversight }),
    });
    rememberLaunch(desk.store, id, { workflow: path, crew: chosen.file });
  } catch (thrown) {
    await house.close();
    throw thrown;
  }
  const endings = await attend(desk, house, [{ run: handle, since: 0 }], {
    wait: options.wait === true,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return reportEndings(desk, endings);
}

/** What is planned: `history`, whether earlier runs in the store teach. */
interface Planning {
  readonly workflow: Workflow;
  /** The file it was read from. */
  readonly path: string;
  readonly history: boolean;
}

/** The plan for what there is to run on and to work on; one line says what was chosen. */
async function planned(desk: Desk, { workflow, path, history }: Planning, options: PlanOptions): Promise<ExecutionPlan> {
  const findings = overruledDemands(workflow, path, options.limits);
  if (findings.length > 0) throw new InvalidFiles(shownDiagnostics(desk, findings));
  const { learned } = await learnedHistory(desk, workflow.name, history);
  const plan = planOf(workflow, { ...options, history: learned });
  refuseUnknownMaps(plan, options.items);
  const { name, schedule, limits } = plan.chosen;
  const atOnce = limits.places === 1 ? 'one task at a time' : `${limits.places} tasks at once`;
  desk.remark(`planned: ${name}, ${atOnce}, some ${spanText(schedule.makespanMs)}`);
  return plan;
}
