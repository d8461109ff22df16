import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { usage } from '../failure/refusal.ts';
import { starterFiles } from '../files/starter-files.ts';
import { DEFAULT_STORE, type Desk } from '../terminal/desk.ts';

const IGNORED = `${DEFAULT_STORE}/`;

/** `troupe init [folder]`: writes a workflow and a crew to begin with. Nothing is overwritten without `--force`. */
export async function init(desk: Desk, folder: string, options: { readonly force?: boolean }): Promise<ExitCode> {
  const root = desk.path(folder);
  const files = starterFiles();
  const taken = files.filter(({ path }) => existsSync(join(root, path))).map(({ path }) => path);
  if (taken.length > 0 && options.force !== true) {
    throw usage(
      `${desk.shown(root)} has ${taken.join(', ')} already; nothing was written`,
      'name another folder, or overwrite them with --force',
    );
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const written = [...files.map(({ path }) => path), ...(ignoreStore(root) ? ['.gitignore'] : [])];
  if (desk.json) desk.document({ folder: root, written });
  else desk.remark(`Wrote ${written.join(', ')}${folder === '.' ? '' : ` in ${desk.shown(root)}`}.\n  next: ${next(desk, folder)}`);
  return EXIT.ok;
}

/** Keeps the store out of version control. True when something was added. */
function ignoreStore(root: string): boolean {
  const file = join(root, '.gitignore');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (text.split('\n').some((line) => line.trim() === IGNORED || line.trim() === DEFAULT_STORE)) return false;
  writeFileSync(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${IGNORED}\n`);
  return true;
}

function next(desk: Desk, folder: string): string {
  return desk.command('run', folder === '.' ? 'workflow.yml' : join(folder, 'workflow.yml'));
}
