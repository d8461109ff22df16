/** Workflows made of recorded graphs, and a crew that works through them in virtual time and writes down when. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentFunction } from '../../src/actors/function-agent.ts';
import type { Workflow } from '../../src/definition/workflow.ts';

const CORPUS = join('..', 'shared', 'corpus', 'dags');

export interface RecordedGraph {
  readonly instance: string;
  readonly tasks: readonly {
    readonly id: string;
    readonly kind: string;
    readonly parents: readonly string[];
    readonly seconds: number;
  }[];
}

/** The recorded graphs; none, with a printed reason, where the corpus is absent. */
export function recordedGraphs(): RecordedGraph[] {
  if (!existsSync(CORPUS)) {
    console.warn(`no corpus at ${CORPUS}: recorded graphs are not run`);
    return [];
  }
  const files = readdirSync(CORPUS).filter((name) => name.endsWith('.json'));
  return files.map((name) => JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as RecordedGraph);
}

/** The graph as a workflow: one task a node, its duration as a parameter. */
export function workflowOf(graph: RecordedGraph): Workflow {
  return {
    name: graph.instance,
    dialect: 'native',
    variables: {},
    mode: 'graph',
    onFailure: 'continue',
    onSkip: 'satisfy',
    onStepFailure: [],
    onWorkflowFailure: [],
    steps: graph.tasks.map(({ id, kind, parents, seconds }) => ({
      kind: 'task',
      id,
      name: kind,
      type: 'persona-request',
      persona: 'worker',
      dependencies: parents,
      params: { seconds },
    })),
  };
}

/** The same graph as somebody would write it into a file. */
export function yamlOf(graph: RecordedGraph): string {
  const steps = graph.tasks.map(
    ({ id, kind, parents, seconds }) => `  - id: ${id}
    name: ${JSON.stringify(kind)}
    type: persona-request
    persona: worker
    dependencies: [${parents.join(', ')}]
    params: { seconds: ${seconds} }
`,
  );
  return `name: ${graph.instance}\nsteps:\n${steps.join('')}`;
}

/** What the graph takes at least: one after the other, and along its longest path; ms. */
export function extentOf({ tasks }: RecordedGraph): { readonly workMs: number; readonly criticalPathMs: number } {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ends = new Map<string, number>();
  const endOf = (id: string): number => {
    const known = ends.get(id);
    if (known !== undefined) return known;
    const task = byId.get(id);
    if (task === undefined) throw new Error(`no task ${id}`);
    const end = Math.max(0, ...task.parents.map(endOf)) + task.seconds * 1000;
    ends.set(id, end);
    return end;
  };
  return {
    workMs: tasks.reduce((sum, { seconds }) => sum + seconds * 1000, 0),
    criticalPathMs: Math.max(...tasks.map(({ id }) => endOf(id))),
  };
}

/** A worker that takes as long as it is told. */
export function timedWorker(): { readonly perform: AgentFunction; readonly begun: readonly string[]; readonly peak: () => number } {
  const begun: string[] = [];
  let working = 0;
  let peak = 0;
  return {
    begun,
    peak: () => peak,
    perform: async ({ task, sleep }) => {
      begun.push(task.step);
      working += 1;
      peak = Math.max(peak, working);
      await sleep(Number(task.params.seconds) * 1000);
      working -= 1;
      return { tookSeconds: task.params.seconds ?? 0 };
    },
  };
}
