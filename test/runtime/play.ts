import type { AgentScript } from '../../src/actors/scripted-agent.ts';
import type { Workflow } from '../../src/definition/workflow.ts';

/** A workflow, and the crew that plays it. */
export interface Play {
  readonly workflow: Workflow;
  readonly script: AgentScript;
  readonly maxConcurrency: number;
}
