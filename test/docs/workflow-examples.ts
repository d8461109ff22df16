/** The workflow and crew files of a page: loading them as a reader of the page would, and running those that say how they end. */
import { type CrewDefinition, crewFromDefinition, type Diagnostic, type LoadOptions, loadCrew, loadWorkflowSync } from 'troupe';
import { type Simulation, simulate } from 'troupe/testing';
import type { Block, Page } from './page.ts';

/** A workflow of a page, the crew and the printed end that belong to it. */
export interface WorkflowExample {
  readonly block: Block;
  readonly crew: Block | null;
  readonly end: Block | null;
}

export function workflowExamples({ blocks }: Page): WorkflowExample[] {
  return blocks.flatMap((block, at) => {
    if (block.language !== 'yaml' || block.marks[0] !== 'workflow') return [];
    const runs = block.marks.includes('run');
    const after = blocks.slice(at + 1, at + 3);
    const crew = runs ? (after.find(({ marks }) => marks[0] === 'crew') ?? null) : null;
    const end = runs ? (after.find(({ language }) => language === 'text') ?? null) : null;
    return [{ block, crew, end }];
  });
}

/**
 * Loads a workflow of a page with the crew that is beside it. Workflows that it nests are found among the other blocks of the page; the mark
 * `types=a,b` registers step types where no crew does.
 */
export async function loadExample({ block: { code, marks }, crew: crewBlock }: WorkflowExample, page: Page) {
  const types = marks.flatMap((mark) => (mark.startsWith('types=') ? mark.slice('types='.length).split(',') : []));
  const named = (name: string) => page.blocks.find((block) => block.language === 'yaml' && block.code.startsWith(`name: ${name}\n`));
  const crew = crewBlock === null ? null : (await loadCrewExample(crewBlock)).crew;
  const surroundings: LoadOptions =
    crew === null
      ? { stepTypes: types }
      : { personas: crew.agents.flatMap(({ personas }) => personas), stepTypes: crew.agents.flatMap(({ stepTypes }) => stepTypes) };
  return { crew, ...loadWorkflowSync(code, { text: true, workflows: (name) => named(name)?.code ?? null, ...surroundings }) };
}

export async function loadCrewExample(block: Block): Promise<{ crew: CrewDefinition | null; diagnostics: readonly Diagnostic[] }> {
  return loadCrew(block.code, { text: true });
}

/** Runs an example and says how it ended, in the words of the page. */
export async function endOf(example: WorkflowExample, page: Page): Promise<string> {
  const { workflow, crew } = await loadExample(example, page);
  if (workflow === null) throw new Error(`the workflow of line ${example.block.line} does not load`);
  return told(await simulate(workflow, crew === null ? {} : { crew: crewFromDefinition(crew) }));
}

function told({ history, status, outputs, error }: Simulation): string {
  const steps = history.map(([step, outcome]) => `${step} ${outcome}`);
  const end = status === 'completed' ? `outputs ${JSON.stringify(outputs)}` : `error ${error}`;
  return `${[...steps, end].join('\n')}\n`;
}
