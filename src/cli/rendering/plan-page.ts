/** A plan on one page: how long it may take, what starts when, what else was weighed, what could collide, and what would help. */
import type { Diagnostic, ExecutionPlan, Quantiles } from '../../index.ts';
import { oneLine } from '../text/one-line.ts';
import { spanText } from '../text/time-text.ts';
import { wrapped } from '../text/wrapped.ts';
import { fieldLines } from './fields.ts';
import type { PageStyle } from './page-style.ts';
import { groupLines, meetingLines } from './plan-groups.ts';
import { countText, namesText } from './plan-names.ts';
import { optionLines } from './plan-options.ts';
import { stepTable } from './plan-steps.ts';
import { plannedItems } from './planned-items.ts';

/** What is shown. */
export interface PlanOnPage {
  readonly name: string;
  readonly plan: ExecutionPlan;
  readonly findings: readonly Diagnostic[];
  /** How many earlier runs were learned from. */
  readonly learnedFrom: number;
  /** The command that runs it as planned. */
  readonly command: string;
}

/** The text of the page. */
export function planPage({ name, plan, findings, learnedFrom, command }: PlanOnPage, style: PageStyle): string {
  const { tasks, levels } = plan;
  const { paint } = style;
  const counts = `${countText(tasks.length, 'step')} on ${countText(levels.length, 'level')}`;
  const parts: [title: string, lines: readonly string[]][] = [
    ['Steps', stepTable(plan, style)],
    ['Ways to run it', optionLines(plan, style)],
    ['Side by side', groupLines(plan, style)],
    ['Where they meet', meetingLines(plan, style)],
    ['What would help', opportunityLines(plan, style)],
    ['To look out for', findingLines(findings, style)],
  ];
  return [
    `${paint.bold(oneLine(name))}  ${counts}`,
    ...summary(plan, learnedFrom, style),
    ...parts.flatMap(([title, lines]) => (lines.length === 0 ? [] : ['', paint.bold(title), ...lines])),
    '',
    ...wrapped(ASSUMED, style.width).map(paint.dim),
    `  next: ${command}`,
  ].join('\n');
}

const ASSUMED = '* on the longest chain. If no condition is false and people answer at once; of a choice the longer branch is planned.';

/** Where the names of fields end: two spaces, the longest name, two spaces. */
const INDENT = 14;

function summary(plan: ExecutionPlan, learnedFrom: number, { paint, width }: PageStyle): string[] {
  const { chosen, outlook, criticalPath, criticalMs, totals, expectedTokens, cutShort, cutShortTokens } = plan;
  const { places } = chosen.limits;
  const room = places === 1 ? 'one task at a time' : `${places} tasks at once`;
  const fits = (text: string) => wrapped(text, width - INDENT);
  const tokens = (n: number) => Math.round(n).toLocaleString('en');
  const maps = [...plannedItems(plan)].map(
    ([path, { least, most }]) => `${path} planned for ${least === most ? most : `${least} to ${most}`}`,
  );
  return fieldLines(
    [
      ['estimate', fits(`${spanText(chosen.schedule.makespanMs)} with ${room} (${chosen.name})`)],
      ['likely', fits(`${quantiles(outlook.finishMs, spanText)}, in ${outlook.trials} trials`)],
      ['at least', fits(`${spanText(criticalMs)}: ${namesText(criticalPath, ' → ', 12)}`)],
      ['one by one', spanText(totals.workMs)],
      ['tokens', expectedTokens === 0 ? '' : fits(`${tokens(expectedTokens)} expected; ${quantiles(outlook.tokens, tokens)}`)],
      ['budget', overspent(plan, fits)],
      ['succeeds', outlook.successShare === 1 ? '' : `in ${Math.round(100 * outlook.successShare)} % of trials`],
      [
        'cut short',
        cutShort.length === 0
          ? ''
          : fits(`${namesText(cutShort)}${cutShortTokens === 0 ? '' : `: up to ${tokens(cutShortTokens)} tokens more`}`),
      ],
      ['items', maps.length === 0 ? '' : fits(`${namesText(maps)} (other numbers with --items)`)],
      ['loops', plan.loops.flatMap((loop) => fits(loopText(loop)))],
      ['learned', learnedFrom === 0 ? '' : `from ${countText(learnedFrom, 'earlier run')}`],
    ],
    paint,
  );
}

/** How many rounds of a loop are in the figures. */
function loopText({ path, to, rounds, most }: ExecutionPlan['loops'][number]): string {
  const back = path === to || path.endsWith(`/${to}`) ? `${path} again` : `${path} back to ${to}`;
  return `${oneLine(back)}: ${countText(Number(rounds.toFixed(1)), 'round')} expected, at most ${most}`;
}

/** What runs may spend, and where the plan is expected to need more than they or their steps may. */
function overspent({ budget, budgets, expectedTokens, outlook }: ExecutionPlan, fits: (text: string) => string[]): string[] {
  const count = (n: number) => Math.round(n).toLocaleString('en');
  const steps = budgets.flatMap(({ step, tokens, expectedTokens: expected }) =>
    expected <= tokens ? [] : fits(`${oneLine(step)}: ${count(tokens)} tokens, and ${count(expected)} are expected`),
  );
  if (budget === null) return steps;
  const most = Math.max(expectedTokens, outlook.tokens.p90);
  const enough = most <= budget ? '; enough' : `, and ${count(most)} may be needed: what comes last is not begun`;
  return [...fits(`${count(budget)} tokens${enough}`), ...steps];
}

const quantiles = ({ p50, p90 }: Quantiles, text: (value: number) => string): string =>
  p50 === p90 ? text(p50) : `${text(p50)} (P50) to ${text(p90)} (P90)`;

function opportunityLines({ opportunities }: ExecutionPlan, { paint, width }: PageStyle): string[] {
  return opportunities.flatMap(({ advice, savesMs }) => {
    const saved = savesMs > 0 ? ` (saves ${spanText(savesMs)})` : '';
    return wrapped(oneLine(advice) + saved, width - 4).map((line, i) => `  ${i === 0 ? paint.dim('·') : ' '} ${line}`);
  });
}

function findingLines(findings: readonly Diagnostic[], { paint, width }: PageStyle): string[] {
  return findings.flatMap(({ file, line, column, code, severity, message, hint }) => [
    `  ${file}:${line}:${column} ${severity === 'error' ? paint.red(code) : paint.yellow(code)}`,
    ...wrapped(message, width - 4).map((text) => `    ${text}`),
    ...(hint === undefined ? [] : wrapped(`hint: ${hint}`, width - 4).map((text) => paint.dim(`    ${text}`))),
  ]);
}
