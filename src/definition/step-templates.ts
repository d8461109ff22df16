/** Step templates of the engine dialect: `template: name` takes a step from `templates:` of another file, `overrides:` changes it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_TEMPLATE_FILE_FORM, ENGINE_TEMPLATE_FORM } from './engine-schema.ts';
import { checkForm } from './form-check.ts';
import { nearest } from './nearest-name.ts';
import { quoted } from './printable.ts';
import type { ProblemList } from './problem-list.ts';
import { type Reading, report } from './reading.ts';
import { mapNode, relocated, type SourceEntry, type SourceNode } from './source-node.ts';

export type StepTemplates = ReadonlyMap<string, SourceNode>;

/** More files than this in one `templates` directory are not ours. */
const MAX_FILES = 100;

/** The template files near a workflow file, nearest first: `step-templates.yaml` and `templates/*.yaml` beside it and one directory up. */
export function conventionalTemplateFiles(directory: string): string[] {
  return [directory, join(directory, '..')].flatMap((place) => [
    ...yamlFilesIn(place).filter((file) => /^step-templates\.ya?ml$/u.test(file.slice(place.length + 1))),
    ...yamlFilesIn(join(place, 'templates')),
  ]);
}

/** The YAML files of a directory, by name; none when it cannot be read. */
function yamlFilesIn(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => /\.ya?ml$/u.test(name));
    return names
      .toSorted()
      .slice(0, MAX_FILES)
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** The templates of one file, checked. `conventional`: a file that only happens to lie there may hold something else. */
export function templatesOf(root: SourceNode, problems: ProblemList, conventional: boolean): StepTemplates {
  const templates = root.entries?.get('templates')?.node.entries;
  if (templates === undefined && conventional) return new Map();
  checkForm(ENGINE_TEMPLATE_FILE_FORM, root, problems);
  const found = new Map<string, SourceNode>();
  for (const [name, { node }] of templates ?? []) {
    checkForm(ENGINE_TEMPLATE_FORM, node, problems);
    if (node.entries !== undefined) found.set(name, node);
  }
  return found;
}

/**
 * The step as it reads with its template: keys of the step win over those of `overrides`, these over those of the template; the
 * three `config` maps are merged deeply, `overrides` last, lists replaced. An unknown template is reported (TEMPLATE_UNKNOWN).
 */
export function withTemplate(step: SourceNode, templates: () => StepTemplates, reading: Reading): SourceNode {
  const use = step.entries?.get('template')?.node;
  if (use === undefined || typeof use.value !== 'string') return step;
  const template = templates().get(use.value);
  if (template === undefined) {
    const closest = nearest(use.value, templates().keys());
    const known = [...templates().keys()].join(', ');
    const hint =
      closest === null ? (known === '' ? 'no template file was found near this file' : `known: ${known}`) : `did you mean "${closest}"?`;
    report(reading, step, ['template'], { code: 'TEMPLATE_UNKNOWN', message: `there is no step template ${quoted(use.value)}`, hint });
    return step;
  }
  const base = relocated(template, use.at);
  const overrides = step.entries?.get('overrides')?.node;
  const entries = new Map([...(base.entries ?? []), ...(overrides?.entries ?? []), ...(step.entries ?? [])]);
  const configs = [base, step, overrides].map((node) => node?.entries?.get('config')).filter((entry) => entry !== undefined);
  if (configs.length > 0) entries.set('config', configs.reduce(merged));
  return mapNode(entries, step.at);
}

function merged(base: SourceEntry, over: SourceEntry): SourceEntry {
  if (base.node.entries === undefined || over.node.entries === undefined) return over;
  const entries = new Map(base.node.entries);
  for (const [key, entry] of over.node.entries) {
    const before = entries.get(key);
    entries.set(key, before === undefined ? entry : merged(before, entry));
  }
  return { keyAt: over.keyAt, node: mapNode(entries, over.node.at) };
}
