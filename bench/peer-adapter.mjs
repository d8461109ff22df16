/**
 * Troupe as one of the runtimes of a comparing harness: the workloads `chain`, `fan`, `many`, `park`, `crash` behind the harness's
 * interface, on the public API only. `TROUPE_MODULE` names the built library (a path or a package); default `troupe`.
 *
 * `ctx.body(i)` is the body of step i and is called once for each execution of it; `ctx.durable` and `ctx.dir` say where runs are kept.
 * Definitions are made in `prepare`, outside of the measured time.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const named = process.env.TROUPE_MODULE ?? 'troupe';
const { createRuntime, openFileStore } = await import(path.isAbsolute(named) ? pathToFileURL(named).href : named);

const AT_ONCE = 10_000;

function workflow(name, steps) {
  return {
    name,
    dialect: 'native',
    variables: {},
    steps,
    mode: 'graph',
    onFailure: 'continue',
    onSkip: 'satisfy',
    onStepFailure: [],
    onWorkflowFailure: [],
  };
}

const task = (i, dependencies) => ({ kind: 'task', id: `s${i}`, name: `s${i}`, type: 'work', dependencies, params: { i } });
const gate = { kind: 'signal', id: 'gate', name: 'gate', type: 'wait-for-signal', dependencies: ['s0'], signal: 'go' };
const range = (length) => Array.from({ length }, (_, i) => i);

const shapes = {
  chain: (n) =>
    workflow(
      'chain',
      range(n).map((i) => task(i, i === 0 ? [] : [`s${i - 1}`])),
    ),
  fan: (n) => {
    const middle = range(n).map((i) => task(i + 1, ['s0']));
    return workflow('fan', [
      task(0, []),
      ...middle,
      task(
        n + 1,
        middle.map(({ id }) => id),
      ),
    ]);
  },
  park: () => workflow('park', [task(0, []), gate, task(1, ['gate'])]),
};

const made = new Map();

/** The workflow of a shape and size, made once. */
function shaped(shape, n) {
  const key = `${shape} ${n}`;
  if (!made.has(key)) made.set(key, shapes[shape](n));
  return made.get(key);
}

async function perform(ctx, shape, n, id) {
  const handle = await ctx.runtime.start(shaped(shape, n), id === undefined ? {} : { id });
  const { status, error } = await handle.result();
  if (status !== 'completed') throw new Error(error?.message ?? status);
}

async function pool(count, limit, job) {
  let next = 0;
  const lane = async () => {
    while (next < count) await job(next++);
  };
  await Promise.all(range(Math.min(limit, count)).map(lane));
}

export const adapter = {
  async open(c) {
    // The body is read from the context on every call: the harness replaces it before some workloads.
    const state = { ctx: c };
    const store = c.durable ? await openFileStore(path.join(c.dir, 'store'), { durability: c.opt?.durability ?? 'full' }) : undefined;
    const runtime = await createRuntime({
      crew: {
        personas: {
          '*': async ({ task: { params } }) => {
            await state.ctx.body(params.i);
            return null;
          },
        },
      },
      maxConcurrentTasks: AT_ONCE,
      ...(store === undefined ? {} : { store }),
    });
    return { runtime, store, state, parked: new Map() };
  },

  async prepare(ctx, kind, { n, steps }) {
    ctx.state.ctx = ctx;
    if (kind === 'chain' || kind === 'crash') shaped('chain', n);
    if (kind === 'fan') shaped('fan', n);
    if (kind === 'many') shaped('chain', steps);
  },

  chain: (ctx, n) => perform(ctx, 'chain', n),
  fan: (ctx, n) => perform(ctx, 'fan', n),
  many: (ctx, count, steps, concurrency) => pool(count, concurrency, () => perform(ctx, 'chain', steps)),

  async park(ctx, n, tag) {
    await pool(n, 200, async (k) => {
      const handle = await ctx.runtime.start(shaped('park', 0), { id: `${tag}${k}` });
      ctx.parked.set(handle.id, handle);
      for await (const event of handle.events()) if (event.type === 'step.settled' && event.step === 's0') break;
    });
  },

  async resume(ctx, tag, k) {
    const handle = ctx.parked.get(`${tag}${k}`);
    await handle.signal('go');
    await handle.result();
  },

  crashStart: (ctx, n, id) => perform(ctx, 'chain', n, id),

  async crashRecover(ctx, _n, id) {
    await (await ctx.runtime.resume(id)).result();
  },

  async close(ctx) {
    await ctx.runtime.stop({ graceMs: 0 });
    await ctx.store?.close();
  },
};
