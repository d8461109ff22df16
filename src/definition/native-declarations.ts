import { isJsonObject, type Json } from '../protocol/json.ts';
import { readConflicts } from './native-conflicts.ts';
import { readNames } from './native-data.ts';
import { type Entries, given, textOf } from './native-entries.ts';
import { readLimits } from './native-limits.ts';
import { readValueType } from './native-value-type.ts';
import { type Reading, report } from './reading.ts';
import { nodeAt, type SourceNode } from './source-node.ts';
import { schemaChecker } from './value-schema.ts';
import type { ValueDeclaration, Workflow } from './workflow.ts';

type Declared = Pick<Workflow, 'inputs' | 'outputTypes' | 'shared' | 'conflicts' | 'criticalDomains' | 'limits'>;

/** Reads what a file declares about the values it is started with, gives back and shares, and about what it may use. */
export function readDeclarations(data: Entries, root: SourceNode, reading: Reading): Declared {
  return given({
    inputs: readValues('inputs', data, root, reading),
    outputTypes: readValues('output_types', data, root, reading),
    shared: isJsonObject(data.shared) ? data.shared : undefined,
    conflicts: readConflicts(data.conflicts, root, reading),
    criticalDomains: readNames(data.critical, ['critical'], root, reading),
    limits: readLimits(data.limits),
  });
}

function readValues(key: string, data: Entries, root: SourceNode, reading: Reading): Record<string, ValueDeclaration> | undefined {
  if (!isJsonObject(data[key])) return undefined;
  const declarations = Object.entries(data[key]).map(([name, written]) => {
    const node = nodeAt(root, [key, name]) ?? root;
    return [name, readDeclaration(written ?? null, node, reading)] as const;
  });
  return Object.fromEntries(declarations);
}

function readDeclaration(written: Json, node: SourceNode, reading: Reading): ValueDeclaration {
  if (!isJsonObject(written)) return given({ schema: readValueType(written, node, [], reading), required: true });
  const { type, schema } = written;
  if (type !== undefined && schema !== undefined) {
    const message = '"type" and "schema" say the same in two ways';
    report(reading, node, ['type'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'give one' });
  }
  if (written.required === true && written.default !== undefined) {
    const message = 'what must be given needs no default';
    report(reading, node, ['default'], { code: 'DECLARATION_CONFLICT', part: 'key', message, hint: 'leave out "required" or "default"' });
  }
  const [key, value] = schema === undefined ? (['type', type] as const) : (['schema', schema] as const);
  const declaration = given({
    schema: value === undefined ? undefined : readValueType(value, node, [key], reading),
    required: typeof written.required === 'boolean' ? written.required : written.default === undefined,
    default: written.default,
    description: textOf(written.description),
  });
  checkDefault(declaration, node, reading);
  return declaration;
}

function checkDefault({ schema, default: value }: ValueDeclaration, node: SourceNode, reading: Reading): void {
  if (schema === undefined || value === undefined) return;
  const [issue] = schemaChecker(schema)(value);
  if (issue === undefined) return;
  const place = issue.path === '' ? '' : ` ${issue.path}`;
  report(reading, node, ['default'], { code: 'VALUE_TYPE', message: `the default does not meet its type:${place} ${issue.message}` });
}
