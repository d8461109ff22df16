import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** True for what is a workflow's text rather than a path to it: a line break, `: `, or a leading `{`. The empty text is a text. */
export function looksLikeText(pathOrText: string): boolean {
  return pathOrText === '' || pathOrText.includes('\n') || pathOrText.includes(': ') || pathOrText.trimStart().startsWith('{');
}

/** The file a workflow is found in by name: `<name>` itself where it names a file, else `<name>.yaml`, `.yml` or `.json` in the directory. */
export function workflowFile(name: string, directory: string): string | null {
  const base = isAbsolute(name) ? name : join(directory, name);
  const candidates = /\.(?:ya?ml|json)$/u.test(name) ? [base] : [`${base}.yaml`, `${base}.yml`, `${base}.json`];
  return candidates.find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
