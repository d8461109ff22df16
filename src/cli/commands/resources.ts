/** `troupe resources …`: what there is, who has it and who waits, and changing a limit. */
import { changeStoredLimits, errorData, type ResourceView, readResources } from '../../index.ts';
import { askHost, askResources } from '../control/control-client.ts';
import { EXIT, type ExitCode } from '../failure/exit-code.ts';
import { typedLimits } from '../files/typed-limits.ts';
import { openForReading, openForWriting } from '../hosting/open-store.ts';
import { resourceList } from '../rendering/resource-list.ts';
import type { Desk } from '../terminal/desk.ts';
import { done } from './tell.ts';

const NOTHING: ResourceView = { accounts: [], held: [], waiting: [] };

/** `troupe resources`: of the process that runs the store, else what the store remembers. */
export async function list(desk: Desk): Promise<ExitCode> {
  const live = await askResources(desk.store);
  const view = live ?? (await atRest(desk));
  if (desk.json) desk.document({ store: desk.store, live: live !== null, ...view });
  else if (desk.quiet) for (const { name } of view.accounts) desk.print(name);
  else {
    const lines = resourceList(view, { width: desk.width, now: desk.now(), paint: desk.paint });
    desk.print(lines.length === 0 ? `Nothing is limited in ${desk.shown(desk.store)}, and nobody holds anything.` : lines.join('\n'));
  }
  return EXIT.ok;
}

/** `troupe resources limit tokens=200000`: changes limits that are there. */
export async function limit(
  desk: Desk,
  typed: readonly string[],
  { account = 'runtime' }: { readonly account?: string },
): Promise<ExitCode> {
  const limits = typedLimits('troupe resources limit', typed);
  if ((await askHost(desk.store, { do: 'limit', account, limits })) === null) {
    const store = await openForWriting(desk);
    try {
      changeStoredLimits(store, account, limits, desk.now());
    } finally {
      await store.close();
    }
  }
  const said = `${account} has other limits now, until it is given others than those that it was started with.`;
  return done(desk, { account, limits: { ...limits } }, said, desk.command('resources'));
}

async function atRest(desk: Desk): Promise<ResourceView> {
  const store = await openForReading(desk).catch((thrown) => {
    if (errorData(thrown).code === 'STORE_UNWRITABLE') throw thrown;
    return null;
  });
  if (store === null) return NOTHING;
  const view = readResources(store, desk.now());
  await store.close();
  return view;
}
