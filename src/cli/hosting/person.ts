/** Who sits at this terminal, as far as the environment says: `TROUPE_USER`, else the login name; null where it says nothing. */
export function personAt(env: Readonly<Record<string, string | undefined>>): string | null {
  for (const name of ['TROUPE_USER', 'USER', 'LOGNAME', 'USERNAME']) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') return value;
  }
  return null;
}
