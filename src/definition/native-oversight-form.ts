import * as z from 'zod';
import { names } from './native-step-form.ts';
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
        timeout: wait.optional().describe('How long an answer is waited for. Without it: as long as it takes.'),
        on_timeout: z.enum(['fail', 'reject', 'approve']).optional().describe('What it means that nobody has answered. Default "fail".'),
      }),
    ],
    { error: `must be ${OVERSIGHT_MODES.join(', ')}, or a map with "mode"` },
  )
  .describe(
    'Which tasks people approve before they begin: all of them ("supervised"), those of high criticality and above ("monitored", default), or critical ones only ("autonomous").',
  );
