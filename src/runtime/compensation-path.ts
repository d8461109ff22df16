/** Stands before the paths of compensating tasks. */
export const COMPENSATION = '(compensation)/';
