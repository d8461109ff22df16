/** Questions about shortages, shown and answered like those that runs ask people: the step that lacks something is the one that asks. */
import { questionInWords, type ShortageAnswer, type ShortageQuestion } from '../policy/shortage-question.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { AnswerGiven } from './answering.ts';
import type { Question } from './question-view.ts';
import type { RunView } from './run-view.ts';

/** A run with what is asked for its tasks. */
export function withShortages(view: RunView, questions: readonly ShortageQuestion[]): RunView {
  const own = questions.filter(({ run }) => run === view.id);
  if (own.length === 0) return view;
  const steps = view.steps.map((step) => {
    const asked = own.find((question) => question.step === step.path);
    return asked === undefined || step.question !== null || step.outcome !== null ? step : { ...step, question: shownQuestion(asked) };
  });
  return { ...view, steps };
}

/** What names a question in an answer. */
export const shortageToken = ({ id }: ShortageQuestion): string => `${id}!shortage`;

/** By how much the limit is raised: at least by what is lacking, which is proposed. */
function shownQuestion(question: ShortageQuestion): Question {
  const { account, kind, needed, limit, lacking, askedAt } = question;
  return {
    token: shortageToken(question),
    subject: questionInWords(question),
    params: { account, kind, needed, limit },
    form: { type: 'object', properties: { raise: { type: 'number', minimum: lacking } }, required: ['raise'] },
    values: { raise: lacking },
    people: null,
    role: null,
    quorum: null,
    mayDelegate: false,
    answers: [],
    askedAt,
    dueAt: null,
    expiresAt: null,
  };
}

/** An answer as people give it to a run, in the words of a shortage: approved values say by how much the limit is raised. */
export function shortageAnswerOf({ lacking }: ShortageQuestion, { by, decision, values, reason }: AnswerGiven): ShortageAnswer {
  if (decision === 'reject') return { refuse: reason === undefined ? `${by} said no` : `${by}: ${reason}` };
  const raise = isJsonObject(values) ? values.raise : values;
  return { raise: values === undefined ? lacking : (raise as number) };
}
