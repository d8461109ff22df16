// Fifty files that are not there: a chapter has as many words as its name says, and two of them are damaged.
const DAMAGED = new Set(['chapter-17.md', 'chapter-34.md']);

export function finder() {
  return { files: Array.from({ length: 50 }, (_, index) => `chapter-${String(index + 1).padStart(2, '0')}.md`) };
}

/** Counts the words of one file. Every seventh takes five times as long, so that they do not end in the order in which they began. */
export async function counter({ task, sleep }) {
  const { file } = task.params;
  const chapter = Number(/\d+/u.exec(file)[0]);
  await sleep(chapter % 7 === 0 ? 250 : 50);
  if (DAMAGED.has(file)) throw new Error(`${file} is damaged`);
  return { words: 100 * chapter };
}

/** Sums up; the count of a file that could not be read is null. */
export function reporter({ task }) {
  const { files, counts } = task.params;
  return {
    words: counts.reduce((sum, count) => sum + (count?.words ?? 0), 0),
    unread: files.filter((_, index) => counts[index] === null),
  };
}
