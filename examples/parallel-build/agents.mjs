// An agent is an object with an id and `perform`. What it sees of the shared context is in `task.context`, what it changes it gives as `writes`.

/** A builder that takes its time, then writes what it has built into manifest, changelog and version. */
function builder(id, { ms, version, heading, lines }) {
  return {
    id,
    async perform({ context }, { sleep }) {
      const { manifest, changelog } = context.values;
      await sleep(ms);
      return {
        ok: true,
        output: { built: id, version },
        writes: {
          manifest: { ...manifest, [id]: version },
          changelog: changelog.replace(`## ${heading}\n`, `## ${heading}\n${lines.map((line) => `- ${line}\n`).join('')}`),
          version,
        },
      };
    },
  };
}

export const core = builder('core', {
  ms: 900,
  version: '2.0.0',
  heading: 'Core',
  lines: ['sessions end at once', 'the old cookie is gone'],
});
export const cli = builder('cli', { ms: 400, version: '1.5.0', heading: 'Command', lines: ['a new option: --dry-run'] });
export const docs = builder('docs', { ms: 600, version: '1.4.1', heading: 'Documentation', lines: ['a page on sessions'] });

/** Tries what the manifest lists. */
export async function tester({ task, sleep }) {
  await sleep(300);
  return { tried: Object.keys(task.context.values.manifest).length, failed: 0 };
}

/** Tags releases; and where builders disagree, merges as it was told: by the highest version. */
export async function manager({ task, sleep }) {
  await sleep(200);
  const { conflicts, tag, untag } = task.params;
  if (conflicts === undefined) return tag === undefined ? { untagged: untag } : { tagged: tag };
  return { values: Object.fromEntries(conflicts.map(({ key, theirs, ours }) => [key, higher(theirs, ours)])) };
}

const higher = (one, other) => (one.localeCompare(other, 'en', { numeric: true }) < 0 ? other : one);

/** Uploads, removes and publishes. */
export async function publisher({ task, sleep }) {
  await sleep(200);
  const { packages, remove, version, registry } = task.params;
  if (packages !== undefined) return { uploaded: Object.keys(packages) };
  if (remove !== undefined) return { removed: Object.keys(remove) };
  if (registry === 'down') throw new Error('the registry does not answer');
  return { published: version };
}
