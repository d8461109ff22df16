import { expect, it } from 'vitest';
import { noteText } from '../../src/cli/rendering/note-text.ts';
import type { Json } from '../../src/index.ts';

it.each<[note: Json, text: string]>([
  ['thinking', 'thinking'],
  [{ stream: 'stdout', line: 'ok 1' }, 'ok 1'],
  [{ percent: 40.4, phase: 'testing', blocked: null }, '40 %, testing'],
  [{ percent: null, phase: null, blocked: 'no licence' }, 'blocked: no licence'],
  [{ percent: 40 }, '{"percent":40}'],
  [[1, 2], '[1,2]'],
])('%j is shown as %j', (note, text) => expect(noteText(note)).toBe(text));
