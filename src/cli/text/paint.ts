/** Colours of a terminal. A paint that is off returns every text as it is. */
export interface Paint {
  readonly on: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Makes a paint. Each colour ends itself, so that painted texts can stand beside each other. */
export function createPaint(on: boolean): Paint {
  const ink = (open: number, close: number) => (text: string) => (on && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  return { on, bold: ink(1, 22), dim: ink(2, 22), red: ink(31, 39), green: ink(32, 39), yellow: ink(33, 39), cyan: ink(36, 39) };
}

/**
 * Whether a stream gets colours. FORCE_COLOR decides first (`0` and `false` mean no), then NO_COLOR when it is not empty
 * (no-color.org), then whether the stream is a terminal that is not called `dumb`.
 */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = env;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (refused !== undefined && refused !== '') return false;
  return isTerminal && terminal !== 'dumb';
}
