import * as z from 'zod';
import { link, remind } from './native-approval-form.ts';
import { amount, names } from './native-step-form.ts';
import { wait } from './native-time-form.ts';
import { OVERSIGHT_MODES, type OversightMode } from './oversight.ts';

const mode = z.enum(OVERSIGHT_MODES as [OversightMode, ...OversightMode[]]);

/** How closely runs of a file are watched. */
export const oversightForm = z
  .union(
    [
      mode,
      z.strictObject({
        mode: mode.optional().describe('Default "monitored".'),
        assignee: names.optional().describe('Who may answer: a name or a list of them. Default: anybody.'),
        role: z.string().min(1).optional().describe('What they are asked as.'),
        due: wait.optional().describe('When an answer is expected, counted from the asking: they are reminded then.'),
        remind: remind.optional().describe('How far apart reminders are, and how many come at most ("every", "times").'),
        escalate: z.array(link).min(1).optional().describe('Who is asked as well when nobody decides, one after the other.'),
        quorum: amount.optional().describe('How many must approve. Default: the first answer decides.'),
        delegate: z.boolean().optional().describe('Whether somebody who is asked may pass it on. Default true.').meta({ default: true }),
        timeout: wait.optional().describe('How long an answer is waited for. Without it: as long as it takes.'),
        on_timeout: z.enum(['fail', 'reject', 'approve']).optional().describe('What it means that nobody has answered. Default "fail".'),
      }),
    ],
    { error: `must be ${OVERSIGHT_MODES.join(', ')}, or a map with "mode"` },
  )
  .describe(
    'Which tasks people approve before they begin: all of them ("supervised"), those of high criticality and above ("monitored", default), or critical ones only ("autonomous").',
  );
