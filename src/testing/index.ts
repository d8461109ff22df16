/** The other door: workflows run on virtual time, with agents that answer from a script; and the laws of adapters. */

export { type AgentScript, type ScriptedAnswer, scriptedAgent } from '../actors/scripted-agent.ts';
export { type AdapterLaw, type AdapterLawsOptions, adapterLaws } from './adapter-laws.ts';
export type { AdapterSubject, LawWord } from './adapter-subject.ts';
export { type Happening, type SimulateOptions, type Simulation, simulate } from './simulate.ts';
export { VirtualTime } from './virtual-time.ts';
