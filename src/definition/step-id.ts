/**
 * What a step id looks like. Ids become parts of task keys (`run/step#attempt`) and of paths, hence neither `/` nor `#` nor spaces; they
 * also become keys of objects, hence no names that reach into a prototype.
 */
export const STEP_ID = /^(?!(?:constructor|prototype|__\w+__)$)[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;
