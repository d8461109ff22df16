/** What the disk alone costs: the lines of a journal written again, group by group, each group synced before the next. */
import fs from 'node:fs';
import path from 'node:path';

/** The lines of the journal in a closed store, as the groups in which they were committed. */
export function journalGroups(store: string): Buffer[] {
  const directory = path.join(store, 'journal');
  const groups: { commit: string; lines: string[] }[] = [];
  for (const name of fs.readdirSync(directory).toSorted()) {
    if (!/^\d+\.jsonl$/.test(name)) continue;
    for (const line of fs.readFileSync(path.join(directory, name), 'utf8').split('\n')) {
      const commit = /"epoch":\d+,"commit":(\d+)/.exec(line)?.[1];
      if (commit === undefined) continue;
      const last = groups.at(-1);
      if (last?.commit === commit) last.lines.push(line);
      else groups.push({ commit, lines: [line] });
    }
  }
  return groups.map(({ lines }) => Buffer.from(`${lines.join('\n')}\n`));
}

/** Writes groups to a fresh file with `writeSync` and `fdatasyncSync`. */
export function writeSynced(file: string, groups: readonly Buffer[]): void {
  const open = fs.openSync(file, 'w');
  let at = 0;
  for (const group of groups) {
    at += fs.writeSync(open, group, 0, group.length, at);
    fs.fdatasyncSync(open);
  }
  fs.closeSync(open);
  fs.rmSync(file);
}

/** Writes groups to a fresh file through the thread pool, one after the other: what a program does that must not block. */
export async function appendSynced(file: string, groups: readonly Buffer[]): Promise<void> {
  const open = await fs.promises.open(file, 'w');
  for (const group of groups) {
    await open.write(group);
    await open.datasync();
  }
  await open.close();
  fs.rmSync(file);
}
