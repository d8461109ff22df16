/** The phases that there are without anybody naming them, in their order, and the kinds of agents whose steps belong to each. */
export const STOCK_PHASES = {
  development: ['coding', 'review', 'test_data', 'test'],
  devops: ['devops', 'deploying'],
  monitoring: ['monitor'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The kinds of a phase of the stock; none for any other. */
export function stockKinds(id: string): readonly string[] {
  return (STOCK_PHASES as Readonly<Record<string, readonly string[]>>)[id] ?? [];
}
