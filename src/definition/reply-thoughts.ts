/** Tags between which models think aloud. */
const TAG = /<(\/?)(?:think|thinking|reasoning)(?:\s[^<>]{0,200})?>/giu;

/**
 * A reply without what its author only thought: tagged thoughts are cut out; before a closing tag that was never opened, and after
 * an opening one that is never closed, everything is thought. A verdict that was merely considered is none.
 */
export function withoutThoughts(text: string): string {
  if (!text.includes('<')) return text;
  let spoken: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: tag, 1: slash, index } of text.matchAll(TAG)) {
    if (depth === 0) spoken.push(text.slice(from, index));
    if (slash === '') depth += 1;
    else if (depth > 0) depth -= 1;
    else spoken = [];
    from = index + tag.length;
  }
  if (depth === 0) spoken.push(text.slice(from));
  return spoken.join('').trim();
}
