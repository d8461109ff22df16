import { quoted } from '../../definition/printable.ts';
import type { ProblemList } from '../../definition/problem-list.ts';
import { offsetAt, type SourceNode } from '../../definition/source-node.ts';
import type { Roles } from './crew-definition.ts';

/** Reads who is in which role; undefined where the crew says nothing of roles. What is of the wrong shape was reported with the file. */
export function readRoles(root: SourceNode, problems: ProblemList): Roles | undefined {
  const written = root.entries?.get('roles')?.node.entries;
  if (written === undefined) return undefined;
  const roles: Record<string, readonly string[]> = {};
  for (const [role, { node }] of written) {
    const people = [node.value].flat().filter((name) => typeof name === 'string');
    if (Array.isArray(node.value) && people.length === 0) {
      problems.add({
        code: 'VALUE_RANGE',
        at: node.at,
        message: `nobody is in the role ${quoted(role)}`,
        hint: 'name at least one person',
      });
    }
    for (const [place, name] of people.entries()) {
      if (people.indexOf(name) === place) continue;
      problems.add({ code: 'KEY_DUPLICATE', at: offsetAt(node, [place]), message: `${quoted(name)} is in the role ${quoted(role)} twice` });
    }
    roles[role] = people;
  }
  return roles;
}
