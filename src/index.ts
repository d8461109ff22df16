/**
 * The door: everything of Troupe that others use. What each name does is said where it is defined. The other door, `troupe/testing`,
 * leads to simulation and virtual time.
 */

export { adapterAgent } from './actors/adapter-agent.ts';
export { completed, fail } from './actors/answer.ts';
export type { Stopping } from './actors/dispatch/cancellation.ts';
export { type CommandOptions, commandAgent } from './actors/programs/command-agent.ts';
export { type AgentQuery, type Cast, type Crew, type CrewMember, type CrewMembers, createCrew, type Parts } from './actors/crews/crew.ts';
export type { AgentDefinition, CrewDefinition } from './actors/crews/crew-definition.ts';
export { type CrewLoadOptions, type CrewLoadResult, loadCrew } from './actors/crews/crew-file.ts';
export { crewFromDefinition } from './actors/crews/crew-from-definition.ts';
export { crewJsonSchema } from './actors/crews/crew-schema.ts';
export { type AgentFunction, functionAgent, type Work } from './actors/function-agent.ts';
export { type ModuleOptions, moduleAgent } from './actors/module-agent.ts';
export { type AgentScript, type ScriptedAnswer, scriptedAgent } from './actors/scripted-agent.ts';
export { defineWorkflow, type WorkflowBuilder } from './definition/builder.ts';
// Conditions, templates, verdicts, durations, texts.
export { evaluateCondition } from './definition/condition.ts';
export type { FailurePolicy } from './definition/joining.ts';
export { hashDefinition } from './definition/definition-hash.ts';
export type { Reference } from './definition/reference.ts';
export { fallback, when } from './definition/reference-logic.ts';
export { DIAGNOSTIC_MEANINGS, type Diagnostic, type DiagnosticCode, formatDiagnostic, hasErrors } from './definition/diagnostic.ts';
export { formatDuration, parseDuration } from './definition/duration.ts';
export { workflowJsonSchema } from './definition/json-schema.ts';
// What is asked for: workflow files and workflows written in TypeScript.
export { checkWorkflow, type Finding } from './definition/workflow-check.ts';
export type { CheckOptions } from './definition/workflow-check-step.ts';
export type { LoadOptions } from './definition/load-options.ts';
export { type DirectoryResult, type LoadResult, loadDirectory, loadWorkflow, loadWorkflowSync } from './definition/load-workflow.ts';
export { printable } from './definition/printable.ts';
export { selectWorkflow, taskType } from './definition/select-workflow.ts';
export { renderTemplate } from './definition/template.ts';
export type { TypedWorkflow } from './definition/typed-workflow.ts';
export { readVerdict, type Verdict, type VerdictOptions } from './definition/verdict.ts';
export type { Criticality, Oversight, OversightMode } from './definition/oversight.ts';
export type { ApprovalTerms } from './definition/approval-terms.ts';
export type {
  ApprovalStep,
  ChoiceStep,
  Dialect,
  GroupStep,
  NestedStep,
  Scope,
  SignalStep,
  SleepStep,
  SourcePosition,
  Step,
  TaskStep,
  VariablesStep,
  Workflow,
} from './definition/workflow.ts';
export type { DurationSpec, RetryPolicy } from './definition/attempt-timing.ts';
// How it will go: the graph and the plan of a workflow, and what earlier runs teach.
export type { Conflict } from './planning/conflicts.ts';
export type { ExecutionPlan, PlacedTask } from './planning/execution-plan.ts';
export { type LearnedPast, type LearnedSteps, learnedFrom } from './planning/learned-steps.ts';
export type { StepKnowledge } from './planning/leaf-task.ts';
export type { Limits } from './planning/limits.ts';
export type { PlannedLoop } from './planning/expected-rounds.ts';
export type { Outlook, Quantiles } from './planning/monte-carlo.ts';
export type { Opportunity } from './planning/opportunities.ts';
export type { ParallelGroup } from './planning/parallel-groups.ts';
export type { PlannedBudget } from './planning/planned-budgets.ts';
export { type GraphPlanOptions, type PlanOptions, plan, planGraph } from './planning/plan.ts';
export type { Requirements } from './planning/requirements.ts';
export type { OptionName, RejectedOption, ScheduleOption } from './planning/schedule-options.ts';
export type { SyncPoint } from './planning/sync-points.ts';
export { type Demands, type TaskEdge, type TaskGraph, type TaskNode, taskGraph } from './planning/task-graph.ts';
export type { DurationSource } from './planning/task-origin.ts';
export { type GraphEdge, type GraphNode, type WorkflowGraph, workflowGraph } from './planning/workflow-graph.ts';
export type { ConflictStrategy } from './policy/conflict-strategy.ts';
export { checkGate, type GateCheck, type GateEvidence, type GateResult } from './policy/gate.ts';
export { classify, type FailureCause, type FailureClass } from './policy/failure-class.ts';
export {
  allowedCapabilities,
  type HouseView,
  maxConcurrent,
  type PolicyTask,
  type PolicyVerdict,
  type TaskPolicy,
  timeoutBounds,
} from './policy/task-policy.ts';
export type { ResourceLimits } from './policy/resource-amounts.ts';
export { STRATEGIES, type Strategy } from './policy/shortage-plan.ts';
export type { ShortageAnswer, ShortageQuestion } from './policy/shortage-question.ts';
export type { FailureKind, Severity } from './policy/failure-kinds.ts';
export { SCORE_WEIGHTS, type ScheduleScore, type ScoreWeights } from './policy/schedule-score.ts';
// Who does it: agents and crews.
export type {
  Agent,
  AgentUse,
  BreakerTerms,
  CallOptions,
  LeaseWish,
  MessageOptions,
  PerformContext,
  ProgressReport,
  QuestionOptions,
  TaskLease,
} from './protocol/agent.ts';
export type { AgentAdapter, CancelOrder } from './protocol/agent-adapter.ts';
export type { CoordinationEvent, CoordinationEventType, CoordinationMessage, MessageKind, Priority } from './protocol/coordination.ts';
export { type DeadLetterNote, isOpenLetter, type LetterDrop } from './protocol/dead-letters.ts';
export type { Effect, Intent } from './protocol/effects.ts';
// Errors, outcomes and plain data.
export { type ErrorCode, type ErrorData, errorData, TroupeError } from './protocol/errors.ts';
export type { Fact } from './protocol/facts.ts';
export type { Batch, Durability, JournalStore, RunSummary, Waiting } from './protocol/journal.ts';
export { isJsonObject, type Json, type JsonObject } from './protocol/json.ts';
export { hasEnded, type RunStatus, type StepOutcome } from './protocol/outcomes.ts';
export { isHouseStopping } from './protocol/stop-reason.ts';
export type { Task, TaskReport, Usage } from './protocol/task.ts';
export type { InspectedEvent, Inspector } from './runtime/actor-system.ts';
export type { AnswerGiven, AnswerReceipt, DelegationGiven } from './runtime/answering.ts';
export type { ApprovalEntry } from './runtime/approval-book.ts';
export { type AwaitedSignal, awaitedSignals } from './runtime/awaited-signals.ts';
export { readAgents, resetStoredAgent } from './runtime/agent-history.ts';
export type { AgentOrder } from './runtime/agent-orders.ts';
export type { AgentView, UseView } from './runtime/agents-view.ts';
export type { BreakerView } from './runtime/breaker-view.ts';
export { readServices, resetStoredService } from './runtime/service-history.ts';
export type { ServiceView } from './runtime/services-view.ts';
export {
  changeStoredLimits,
  type ResourceAccount,
  type ResourceLease,
  type ResourceView,
  readResources,
} from './runtime/resources-view.ts';
export type { CoordinationListener } from './runtime/coordination-listeners.ts';
export type { CoordinationPattern } from './runtime/coordination-pattern.ts';
export type { DeadLetter } from './runtime/exchange.ts';
export type { CheckpointView } from './runtime/checkpoints.ts';
export { definitionChanges } from './runtime/definition-changes.ts';
export { factNumber } from './runtime/fact-number.ts';
export { chosenInWords } from './runtime/choice-in-words.ts';
export { dropStoredLetter, findDeadLetter, type LetterDropping, readDeadLetters, type StoredLetter } from './runtime/dead-letters.ts';
export { findRun } from './runtime/find-run.ts';
export type { ForkOptions } from './runtime/forked-run.ts';
export type { HostTime } from './runtime/host-time.ts';
export { type InboxItem, readInbox } from './runtime/inbox.ts';
export { type ListedRun, listRuns } from './runtime/list-runs.ts';
export type { Question } from './runtime/question-view.ts';
export { answerStoredShortage, readShortages } from './runtime/shortage-document.ts';
export { shortageAnswerOf } from './runtime/shortage-view.ts';
export type { DeadLetters } from './runtime/letter-desk.ts';
export { viewRun } from './runtime/recovery.ts';
export type { ResumeOptions } from './runtime/resumed-run.ts';
export type { LargerBudgets } from './runtime/raised-budgets.ts';
export type { RetryOptions } from './runtime/retried-run.ts';
export type { RunEvent, RunResult } from './runtime/run-event.ts';
export type { CancelOptions, RunHandle } from './runtime/run-handle.ts';
export type { FeedbackRound, PhaseResult, PhaseRound } from './runtime/phase-story.ts';
export type { AccountView, BudgetView } from './runtime/budget-view.ts';
export type { PhaseView } from './runtime/phase-view.ts';
export type { RecoveryNote } from './runtime/recovery-book.ts';
export type { RunView, StepView } from './runtime/run-view.ts';
export type { SharedKeyView, SharedView } from './runtime/shared-view.ts';
// The house: a runtime, its runs, what happens in them.
export { createRuntime } from './runtime/runtime.ts';
export type { Runtime, RuntimeOptions, StartOptions } from './runtime/runtime-contract.ts';
// Where it is kept: stores, and looking at the runs in them.
export { type FileStoreOptions, openFileStore } from './storage/file-store.ts';
export { createMemoryStore } from './storage/memory-store.ts';
