/** What the command needs of the process it runs in. Tests give it other surroundings. */
export interface Surroundings {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Everything on standard input, as text. */
  readonly readStdin: () => Promise<string>;
  /**
   * Asks whoever sits at the terminal for one line. Resolves with null when the input has ended, or when the question is taken back. Null
   * where standard input or output is no terminal.
   */
  readonly askLine: ((prompt: string, over: AbortSignal) => Promise<string | null>) | null;
  /** As in `process.argv`: the program, the script, and what was typed. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly now: () => number;
  /** Calls at every Ctrl-C and SIGTERM until it is taken back. Without a listener they end the process as usual. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Calls once when nobody reads what is printed any more (`| head`). Without a listener that ends the process quietly. */
  readonly onUnread: (listener: () => void) => () => void;
  /** Ends the process now, whatever is going on. */
  readonly leave: (code: number) => void;
}

/** A stream to print to. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}
