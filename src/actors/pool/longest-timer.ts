/** The longest delay a timer of the platform takes, in ms; anything longer would fire at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;
