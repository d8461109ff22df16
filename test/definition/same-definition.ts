import { expect } from 'vitest';
import { hashDefinition } from '../../src/definition/definition-hash.ts';
import type { Workflow } from '../../src/definition/workflow.ts';
import { loaded } from './diagnosed.ts';

/** The workflow without what says where it was written. */
function plain(workflow: Workflow): unknown {
  return JSON.parse(JSON.stringify(workflow, (key, value) => (key === 'position' || key === 'file' ? undefined : value)));
}

/** Expects that a built workflow is what a text is read as. */
export function same(built: Workflow, text: string): void {
  const file = loaded(text);
  expect(plain(built)).toEqual(plain(file));
  expect(hashDefinition(built)).toBe(hashDefinition(file));
}
