/**
 * A page of the documentation, taken apart: its fenced blocks by their info string, its tables by the comment above them.
 *
 *     ```yaml workflow            is loaded; `run` after it: is also run in simulation
 *     ```yaml crew                is loaded; plays the workflow before it, where that is run
 *     ```ts                       is compiled; `run` after it: is also run
 *     ```text                     what the program or the run before it prints
 *     <!-- table: name -->        names the table after it
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = new URL('../../', import.meta.url).pathname;

/** A fenced block. `marks` are the words of its info string after the language; `line` is where it stands, 1-based. */
export interface Block {
  readonly language: string;
  readonly marks: readonly string[];
  readonly code: string;
  readonly line: number;
}

export interface Page {
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

export function readPage(name: string): Page {
  const text = readFileSync(join(ROOT, 'docs', name), 'utf8');
  return { name, text, blocks: blocksIn(text) };
}

function blocksIn(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { info: string; line: number; lines: string[] } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const [, info] = /^```(.*)$/u.exec(line) ?? [];
    if (info === undefined) open?.lines.push(line);
    else if (open === null) open = { info, line: index + 1, lines: [] };
    else {
      const [language = '', ...marks] = open.info.split(' ');
      blocks.push({ language, marks, code: `${open.lines.join('\n')}\n`, line: open.line });
      open = null;
    }
  }
  return blocks;
}

/** The rows of a named table, without its head; cells lose the backticks around them. */
export function table(page: Page, name: string): string[][] {
  const lines = page.text.split('\n');
  const start = lines.indexOf(`<!-- table: ${name} -->`);
  if (start === -1) throw new Error(`${page.name} has no table named ${name}`);
  const rows: string[][] = [];
  for (let at = start + 1; lines[at]?.startsWith('|') === true; at += 1) {
    rows.push(
      (lines[at] ?? '')
        .slice(1, -1)
        .split(/(?<!\\)\|/u)
        .map(cell),
    );
  }
  return rows.slice(2);
}

function cell(written: string): string {
  const text = written.trim().replaceAll('\\|', '|');
  return /^`[^`]*`$/u.test(text) ? text.slice(1, -1) : text;
}

/** Everything between single backticks in a text, in order. */
export function quoted(text: string): string[] {
  return Array.from(text.matchAll(/`([^`\n]+)`/gu), ([, inner = '']) => inner);
}

/** The named members of an interface or type in a source file, read off its text. */
export function membersOf(file: string, type: string): string[] {
  const source = readFileSync(join(ROOT, 'src', file), 'utf8');
  const [, body = ''] = new RegExp(`(?:interface|type) ${type}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`, 'u').exec(source) ?? [];
  const members = Array.from(body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gmu), ([, name = '']) => name);
  if (members.length === 0) throw new Error(`no members of ${type} were found in ${file}`);
  return [...new Set(members)];
}
