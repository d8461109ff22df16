// Agents that call something outside do so through `call`: what fails there counts against the service, not against them.

let lookedUp = 0;

/** A glossary that is away for a while: its fourth and fifth call find nobody. */
function lookUp(page) {
  lookedUp += 1;
  if (lookedUp === 4 || lookedUp === 5) throw new Error('the glossary does not answer');
  return { home: 'Startseite', prices: 'Preise', search: 'Suche', help: 'Hilfe', jobs: 'Stellen' }[page] ?? page;
}

const translator =
  (name, ms) =>
  async ({ task, sleep, call }) => {
    const title = await call('glossary', async () => lookUp(task.params.page));
    await sleep(ms);
    return { title, by: name };
  };

export const anna = translator('anna', 300);
export const ben = translator('ben', 500);
export const chloe = translator('chloe', 200);

export async function dirk({ sleep }) {
  await sleep(50);
  throw new Error('dirk has lost the page');
}

export async function eve({ task }) {
  const { pages } = task.params;
  const by = {};
  for (const page of pages) by[page.by] = (by[page.by] ?? 0) + 1;
  return { pages: pages.length, by };
}
