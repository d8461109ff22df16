import { type VerdictStatus, verdictOfWord, verdictOfWords } from './verdict-words.ts';

/** Said of what was judged; the first list found in the text counts, and objections are looked for first. */
const OBJECTIONS = [
  ...['not acceptable', 'unacceptable', 'not approved', 'cannot approve', "can't approve", 'do not approve', 'not ready to proceed'],
  ...['cannot proceed', "can't proceed", 'can not proceed', 'should not proceed', 'must not proceed', 'not proceed'],
  ...[
    'must be reworked',
    'must be revised',
    'must be rewritten',
    'needs revision',
    'needs rework',
    'needs to be reworked',
    'needs to be revised',
  ],
  ...['requires revision', 'requires rework', 'requires changes', 'needs changes', 'changes requested', 'is rejected', 'i reject'],
];
const CONSENTS = [
  ...[
    'is acceptable',
    'are acceptable',
    'can proceed',
    'may proceed',
    'ready to proceed',
    'is approved',
    'i approve',
    'looks good to me',
    'lgtm',
  ],
];

/** `**Evaluation Status:** pass`, `{ status: pass }`, `- Final status = FAILED`: a label of up to three words at the start of a line. */
const STATUS_LINE = /^[\s>#*_`~{"'([\-–•\d.)]*((?:[a-z]+[ \t_-]+){0,3})(?:status|verdict)["'`*_\s]*[:=]["'`*_\s]*(\S.*)$/iu;
/** Labels of some other status than the verdict's. */
const OTHER_STATUS = /\b(?:http|exit|git|previous|prior|last|old|initial|expected|response)\b/iu;
/** How much of a line can hold a label and a verdict. */
const LINE_START = 200;

/** `"status": "fail"` anywhere, in what is nearly JSON. */
const STATUS_MEMBER = /["']status["']\s{0,20}:\s{0,20}["']([^"'\n]{1,60})/giu;

/** The verdict that a text states as its status, outside any JSON that could be read. */
export function statedVerdict(text: string): VerdictStatus {
  const alone = verdictOfWord(text.length < 100 ? text.trim() : '');
  if (alone !== 'unknown') return alone;
  for (const line of text.split('\n')) {
    const [, label = '', words = ''] = STATUS_LINE.exec(line.slice(0, LINE_START)) ?? [];
    const verdict = OTHER_STATUS.test(label) ? 'unknown' : verdictOfWords(words);
    if (verdict !== 'unknown') return verdict;
  }
  for (const { 1: words = '' } of text.matchAll(STATUS_MEMBER)) {
    const verdict = verdictOfWords(words);
    if (verdict !== 'unknown') return verdict;
  }
  return 'unknown';
}

/** The verdict that prose amounts to by its phrases: an objection outweighs any consent. */
export function impliedVerdict(text: string): VerdictStatus {
  const lower = text.toLowerCase().replaceAll('’', "'");
  if (OBJECTIONS.some((phrase) => lower.includes(phrase))) return 'fail';
  return CONSENTS.some((phrase) => lower.includes(phrase)) ? 'pass' : 'unknown';
}
