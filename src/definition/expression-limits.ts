/**
 * What one expression may cost. The figures are far above anything written by hand and low enough that the worst input
 * costs milliseconds and a few megabytes.
 */
export const EXPRESSION_LIMITS = {
  /** Characters of source. */
  source: 10_000,
  /** Brackets inside brackets, and nodes inside nodes. */
  depth: 64,
  /** Operators that make a parser descend without a bracket: prefixes, `?`, `**`, `=>`. */
  descents: 512,
  /**
   * Units of work: for each turn of a callback the nodes of its body, for each method one and a share of what it reads
   * (1,024 characters or 64 elements). What stands outside callbacks is evaluated once and bounded by the length of the source.
   */
  work: 10_000,
  /** Characters of any text that is made on the way or at the end. */
  text: 1_048_576,
  /** Elements of any list that is read element by element or made. */
  items: 100_000,
  /** Levels of data that are written as text. */
  dataDepth: 200,
} as const;
