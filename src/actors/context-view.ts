import type { PerformContext } from '../protocol/agent.ts';

/** The context of an attempt, read through to where it is made: what nobody reads is never made. */
export class ContextView implements PerformContext {
  protected readonly context: PerformContext;

  constructor(context: PerformContext) {
    this.context = context;
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  get forced(): AbortSignal | undefined {
    return this.context.forced;
  }

  get progress(): PerformContext['progress'] {
    return this.context.progress;
  }

  get now(): PerformContext['now'] {
    return this.context.now;
  }

  get sleep(): PerformContext['sleep'] {
    return this.context.sleep;
  }

  get report(): PerformContext['report'] {
    return this.context.report;
  }

  get send(): PerformContext['send'] {
    return this.context.send;
  }

  get ask(): PerformContext['ask'] {
    return this.context.ask;
  }

  get answer(): PerformContext['answer'] {
    return this.context.answer;
  }

  get call(): PerformContext['call'] {
    return this.context.call;
  }

  get arrive(): PerformContext['arrive'] {
    return this.context.arrive;
  }

  get lease(): PerformContext['lease'] {
    return this.context.lease;
  }

  get messages(): PerformContext['messages'] {
    return this.context.messages;
  }

  get onMessage(): PerformContext['onMessage'] {
    return this.context.onMessage;
  }
}
