import { checkPath } from './native-dependencies.ts';
import { type Entries, mapOf } from './native-entries.ts';
import { nearest } from './nearest-name.ts';
import { isForbiddenName } from './own-data.ts';
import { quoted } from './printable.ts';
import { type Reading, report } from './reading.ts';
import { SHARED_KEY } from './shared-key.ts';
import type { SourceNode } from './source-node.ts';
import type { DataTarget } from './step-data.ts';

const EXAMPLE = 'write "shared.key" or "variables.name", and where in the output the value is';

/** Reads `store` of a step. */
export function readStore(data: Entries, node: SourceNode, reading: Reading): DataTarget[] | undefined {
  if (data.store === undefined) return undefined;
  return Object.entries(mapOf(data.store)).flatMap(([target, path]) => {
    const place = readTarget(target, node, reading);
    if (place === null || typeof path !== 'string') return [];
    const names = checkPath(path, ['store', target], node, reading);
    return [{ ...place, path: names[0] === 'output' ? names.slice(1) : names }];
  });
}

function readTarget(target: string, node: SourceNode, reading: Reading): Omit<DataTarget, 'path'> | null {
  const [, root = target, name = ''] = /^([^.]*)\.(.*)$/su.exec(target) ?? [];
  const at = ['store', target];
  if (root !== 'shared' && root !== 'variables') {
    const close = nearest(root, ['shared', 'variables']);
    const hint = close === null ? EXAMPLE : `did you mean "${close}${name === '' ? '' : `.${name}`}"?`;
    report(reading, node, at, { code: 'NAME_UNKNOWN', part: 'key', message: `nothing can be stored in ${quoted(root)}`, hint });
    return null;
  }
  const fits = root === 'shared' ? SHARED_KEY.test(name) : /^[^.\s]+$/u.test(name) && !isForbiddenName(name);
  if (!fits) {
    const message = `${quoted(target)} names no ${root === 'shared' ? 'key of the shared context' : 'variable'}`;
    report(reading, node, at, { code: 'VALUE_UNKNOWN', part: 'key', message, hint: EXAMPLE });
    return null;
  }
  return { to: root === 'shared' ? 'shared' : 'variable', name };
}
