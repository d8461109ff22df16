/** The programs of a page, written to a folder where they find the packages. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatWithOptions } from 'node:util';
import { vi } from 'vitest';
import { type Page, ROOT } from './page.ts';

/** A program of a page. `prints` is what the page says it prints, or null where it is only shown. */
export interface Program {
  readonly line: number;
  readonly code: string;
  readonly prints: string | null;
}

export function programsOf({ blocks }: Page): Program[] {
  const programs: { readonly line: number; readonly code: string; prints: string | null }[] = [];
  for (const { language, marks, code, line } of blocks) {
    const last = programs.at(-1);
    if (language === 'ts') programs.push({ line, code, prints: marks[0] === 'run' ? '' : null });
    else if (language === 'text' && last !== undefined && last.prints !== null) last.prints += code;
  }
  return programs;
}

/** A folder outside of the project in which programs find what the project finds. */
export class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), 'troupe-pages-'));

  constructor() {
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
    this.#write('package.json', '{ "type": "module" }');
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What a program prints, as Node prints it. */
  async output(name: string, code: string): Promise<string> {
    const file = this.#write(`${name}.ts`, code);
    const lines: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...said) => {
      lines.push(formatWithOptions({ colors: false }, ...said));
    });
    try {
      await import(/* @vite-ignore */ file);
    } finally {
      log.mockRestore();
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  /** What the compiler, as strict as the project has it, finds wrong with the programs; empty when nothing. */
  async typeErrors(programs: Readonly<Record<string, string>>): Promise<string> {
    // a module without imports would share its names with all others
    const files = Object.entries(programs).map(([name, code]) => this.#write(`${name}.ts`, `${code}\nexport {};\n`));
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')], noUnusedLocals: false },
      files,
      include: [],
    };
    const project = this.#write('tsconfig.json', JSON.stringify(config));
    return new Promise((resolve, reject) => {
      const compiler = spawn(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project, '--pretty', 'false']);
      let output = '';
      for (const stream of [compiler.stdout, compiler.stderr]) stream.on('data', (chunk) => (output += chunk));
      compiler.on('error', reject);
      compiler.on('close', () => resolve(output));
    });
  }

  #write(name: string, text: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, text);
    return file;
  }
}
