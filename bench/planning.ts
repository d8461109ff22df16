/** How good plans are and what they cost: `npx tsx bench/planning.ts`. Deterministic but for the times of planning. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { planGraph } from '../src/planning/plan.ts';
import { rateLimitTrial } from '../src/planning/rate-limit-trial.ts';
import { execute, schedule } from '../src/planning/schedule.ts';
import { weighOptions } from '../src/planning/schedule-options.ts';
import { seededChances } from '../src/planning/seeded-chance.ts';
import { type TaskEdge, type TaskGraph, taskGraph } from '../src/planning/task-graph.ts';

const CORPUS = process.argv[2] ?? '../shared/corpus/dags';
const CAPACITIES = [4, 8, 16];
const TRIALS = 20;

interface RecordedTask {
  readonly id: string;
  readonly parents: readonly string[];
  readonly seconds: number;
}

function recorded(): { readonly name: string; readonly graph: TaskGraph }[] {
  if (!existsSync(CORPUS)) {
    console.log(`no recorded graphs: ${CORPUS} is absent`);
    return [];
  }
  return readdirSync(CORPUS).map((file) => {
    const { instance, tasks }: { instance: string; tasks: RecordedTask[] } = JSON.parse(readFileSync(`${CORPUS}/${file}`, 'utf8'));
    const nodes = tasks.map(({ id, seconds }) => ({ id, ms: seconds * 1000 }));
    return {
      name: instance,
      graph: taskGraph(
        nodes,
        tasks.flatMap(({ id, parents }) => parents.map((from) => ({ from, to: id }))),
      ),
    };
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const percent = (value: number): string => `${(value * 100).toFixed(2)} %`.padStart(10);
const line = (name: string, cells: readonly string[]): void => console.log(name.padEnd(44) + cells.join('  '));
const workMs = (graph: TaskGraph): number => graph.nodes.reduce((sum, { ms }) => sum + ms, 0);

/** The mean gap when estimates are wrong by a random factor from a half to two: planned by estimates, carried out by what is true. */
function gapWhenWrong(graph: TaskGraph, places: number, plainMs: number): number {
  const truth = graph.nodes.map(({ ms }) => ms);
  const gaps = Array.from({ length: TRIALS }, (_, trial) => {
    const chance = seededChances(trial + 1);
    const guessed = { ...graph, nodes: graph.nodes.map((node) => ({ ...node, ms: Math.round(node.ms * 2 ** (2 * chance() - 1)) })) };
    const { priority } = schedule(guessed, { places }, { effort: 200_000 });
    return execute(graph, { places }, priority, truth).makespanMs / plainMs - 1;
  });
  return mean(gaps);
}

function gaps(places: number, graphs: ReturnType<typeof recorded>): void {
  console.log(`\ncapacity ${places}: above max(critical path, work ÷ capacity)`);
  line(
    '',
    ['first come', 'upward rank', 'chosen', 'can be*', 'estimates wrong', 'time saved', 'plan ms', 'chosen option'].map((text) =>
      text.padStart(10),
    ),
  );
  const rows = graphs.map(({ name, graph }) => {
    const began = performance.now();
    const { chosen } = weighOptions(graph, { places });
    const tookMs = performance.now() - began;
    const { plainMs, sharpMs } = chosen.schedule.bound;
    const gap = (ms: number) => ms / plainMs - 1;
    const makespan = (rule: 'first_come' | 'upward_rank') => schedule(graph, { places }, { rule }).makespanMs;
    const saved = 1 - chosen.schedule.makespanMs / workMs(graph);
    const figures = [
      gap(makespan('first_come')),
      gap(makespan('upward_rank')),
      gap(chosen.schedule.makespanMs),
      gap(sharpMs),
      gapWhenWrong(graph, places, plainMs),
      saved,
    ];
    line(`${name} (${graph.nodes.length})`, [...figures.map(percent), tookMs.toFixed(0).padStart(10), `  ${chosen.name}`]);
    return { figures, isParallel: plainMs <= workMs(graph) / 2 };
  });
  line(
    'mean',
    [0, 1, 2, 3, 4].map((column) => percent(mean(rows.map(({ figures }) => figures[column] ?? 0)))),
  );
  const parallel = rows.filter(({ isParallel }) => isParallel);
  console.log(
    `time saved against sequential where at least half can be saved (${parallel.length} graphs):${percent(mean(parallel.map(({ figures }) => figures[5] ?? 0)))}`,
  );
}

/** Layers of tasks, each waiting for up to three of the layer before. */
function layered(tasks: number): TaskGraph {
  const chance = seededChances(7);
  const width = Math.ceil(Math.sqrt(tasks));
  const nodes = Array.from({ length: tasks }, (_, at) => ({
    id: `t${at}`,
    ms: Math.round(1000 + chance() ** 3 * 300_000),
    demands: { tokens: Math.round(chance() * 5000), memoryMb: Math.round(chance() * 500) },
  }));
  const edges = nodes.flatMap((_, at): TaskEdge[] => {
    const layer = Math.floor(at / width);
    if (layer === 0) return [];
    return Array.from({ length: 3 }, () => ({ from: `t${(layer - 1) * width + Math.floor(chance() * width)}`, to: `t${at}` }));
  });
  return taskGraph(nodes, edges);
}

const graphs = recorded();
for (const places of CAPACITIES) if (graphs.length > 0) gaps(places, graphs);
console.log('* the sharper bound: no schedule at all is below it');

console.log('\nplanning with all options, groups, outlook and opportunities');
for (const tasks of [100, 1000, 2122, 10_000]) {
  const graph = layered(tasks);
  for (const [what, limits] of [
    ['places', { places: 8 }],
    ['places, memory and tokens', { places: 8, memoryMb: 2000, tokensPerMinute: 20_000 }],
  ] as const) {
    const began = performance.now();
    const { chosen } = planGraph(graph, { limits });
    const tookMs = performance.now() - began;
    const gap = chosen.schedule.makespanMs / chosen.schedule.bound.plainMs - 1;
    line(`${tasks} tasks, ${what}`, [`${tookMs.toFixed(0)} ms`.padStart(10), percent(gap), `  ${chosen.name}`]);
  }
}

console.log('\ntokens wasted under a limit per minute, true use wrong by a random factor up to 2');
line(
  '',
  ['naive', 'chosen plan', 'less by', 'naive time', 'plan time'].map((text) => text.padStart(10)),
);
for (const tasks of [50, 200, 1000]) {
  for (const tokensPerMinute of [6000, 10_000, 20_000]) {
    const graph = layered(tasks);
    const limits = { places: 16, tokensPerMinute };
    const { chosen } = weighOptions(graph, limits);
    const chance = seededChances(tasks + tokensPerMinute);
    const overuse = graph.nodes.map(() => 2 ** (2 * chance() - 1));
    const naive = rateLimitTrial(graph, { limits, priority: graph.nodes.map((_, at) => at), heedsTokens: false, overuse });
    const { priority } = chosen.schedule;
    const planned = rateLimitTrial(graph, { limits, heeded: chosen.limits, priority, heedsTokens: true, overuse });
    const share = (outcome: typeof naive) => outcome.wastedTokens / outcome.usedTokens;
    const less = naive.wastedTokens === 0 ? 0 : 1 - planned.wastedTokens / naive.wastedTokens;
    const hours = (ms: number) => `${(ms / 3_600_000).toFixed(2)} h`.padStart(10);
    line(`${tasks} tasks, ${tokensPerMinute} a minute`, [
      percent(share(naive)),
      percent(share(planned)),
      percent(less),
      hours(naive.makespanMs),
      hours(planned.makespanMs),
    ]);
  }
}
