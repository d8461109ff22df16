/**
 * What a key of the shared context looks like: a name or something like a path, without dots, which lead to the members of a key's value
 * (`shared.plan.files`), and without names that reach into a prototype.
 */
export const SHARED_KEY = /^(?!(?:constructor|prototype|__\w+__)$)[A-Za-z0-9_][A-Za-z0-9_:/-]*$/;
