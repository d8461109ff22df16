/**
 * What an account is called: `the runtime`, `run r1`, `build of run r1`, `gpu in build of run r1` for a capability. Any other name stays as it is.
 */
export function accountInWords(name: string): string {
  if (name === 'runtime') return 'the runtime';
  const [, run, path = '', capability] = /^run\/([^/]+)(?:\/(?!\()([^(]+?))?(?:\/\((.*)\))?$/su.exec(name) ?? [];
  if (run === undefined) return `"${name}"`;
  const place = path === '' ? `run ${run}` : `${path} of run ${run}`;
  return capability === undefined ? place : `${capability} in ${place}`;
}
