/** Workflow and crew files for tests of the command. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './fake-surroundings.ts';

/** a → b, and beside b a question to a person; c comes after both. */
const APPROVAL = `name: approval
steps:
  - {id: a, type: persona-request, persona: worker}
  - {id: b, type: persona-request, persona: worker, dependencies: [a]}
  - {id: ask, type: wait-for-signal, signal: go, dependencies: [a]}
  - {id: c, type: persona-request, persona: worker, dependencies: [b, ask]}
outputs:
  said: "{{ steps.ask }}"
`;

/** One step that a test can make fail or hang by its crew. */
const ONE = `name: one
steps:
  - {id: work, type: persona-request, persona: worker}
`;

export const WORKFLOWS = { approval: APPROVAL, one: ONE } as const;

/** A crew whose worker answers every step so. */
export const crewOf = (answer: string): string => `agents:\n  worker: {kind: scripted, script: {"*": ${answer}}}\n`;

/** Answers everything at once. */
export const WILLING = crewOf('{output: {ok: true}}');
/** Never answers. */
export const HANGING = crewOf('{forever: true}');

/** A folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
