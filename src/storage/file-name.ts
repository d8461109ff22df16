import { createHash } from 'node:crypto';

/** Longest name before the extension; file systems commonly allow 255 bytes. */
const LONGEST = 120;

/**
 * A file name for an id that users chose: letters, digits, `_` and `-` stay, every other UTF-16 unit becomes `%XX` or
 * `%uXXXX`, so that no id can leave its directory or meet another one's name. Long ids end in `~` and their SHA-256.
 */
export function fileNameOf(id: string): string {
  if (id === '') return '%';
  const name = id.replace(/[^A-Za-z0-9_-]/g, (unit) => {
    const code = unit.charCodeAt(0);
    return code < 0x100 ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : `%u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
  if (name.length <= LONGEST) return name;
  return `${name.slice(0, LONGEST - 65)}~${createHash('sha256').update(name).digest('hex')}`;
}
