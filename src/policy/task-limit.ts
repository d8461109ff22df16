/** How many tasks are at work at once when nobody says otherwise: the number of the phase model. */
export const MAX_CONCURRENT_TASKS = 5;
