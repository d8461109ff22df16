/** Stands before the paths of failure handlers where one of them is named like a step of the workflow. */
export const HANDLERS = '(handlers)/';
