import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Batch, JournalStore, RunSummary } from '../../src/protocol/journal.ts';
import { anyTurns, appendAll, batch, batches, play } from './batches.ts';

/** A summary of a run. */
export function summary(id: string, status: RunSummary['status'] = 'running'): RunSummary {
  const steps = { total: 3, completed: 1, failed: 0, skipped: 0, cancelled: 0 };
  return { id, workflow: 'w', status, startedAt: 1, updatedAt: 2, endedAt: null, steps, note: 'waits for a' };
}

/** The laws of every store, whatever it is made of. */
export function describeStore(name: string, open: () => Promise<JournalStore>): void {
  describe(`${name} keeps the contract of a journal store`, () => {
    const opened: JournalStore[] = [];
    const store = async () => {
      const fresh = await open();
      opened.push(fresh);
      return fresh;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });

    it('what was appended is read back, equal and in order, whatever the runs and the payloads', async () => {
      await fc.assert(
        fc.asyncProperty(anyTurns, async (turns) => {
          const one = await open();
          try {
            const given = new Map<string, Batch[]>();
            await play(one, turns, given, new Map());
            expect(await one.runs()).toEqual([...given.keys()]);
            for (const [run, all] of given) expect(await one.read(run)).toEqual(all);
          } finally {
            await one.close();
          }
        }),
        { numRuns: 40 },
      );
    });

    it('appends of one run that do not wait for each other are kept in the order of the calls', async () => {
      const one = await store();
      await Promise.all(batches(300).map((each) => one.append('r', each)));
      expect(await one.read('r')).toEqual(batches(300));
    });

    it('acknowledgements of one run come in the order of its appends', async () => {
      const one = await store();
      const order: number[] = [];
      await Promise.all(batches(50).map((each) => one.append('r', each).then(() => order.push(each.n))));
      expect(order).toEqual(batches(50).map(({ n }) => n));
    });

    it('a batch that does not continue its run is refused and leaves nothing', async () => {
      const one = await store();
      await expect(one.append('r', batch(1))).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(await one.runs()).toEqual([]);
      await one.append('r', batch(0));
      await expect(one.append('r', batch(0))).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(one.append('r', batch(2))).rejects.toMatchObject({ code: 'INTERNAL' });
      await one.append('r', batch(1));
      expect(await one.read('r')).toEqual(batches(2));
    });

    it('a run is there from its first batch on, and not before', async () => {
      const one = await store();
      expect(await one.has('r')).toBe(false);
      await expect(one.read('r')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
      await one.append('r', batch(0));
      expect(await one.has('r')).toBe(true);
      expect(await one.has('R')).toBe(false);
      expect(await one.has('toString')).toBe(false);
    });

    it('runs are listed oldest first, also when their ids look like numbers', async () => {
      const one = await store();
      for (const run of ['10', 'b', '9', 'a', '1']) await one.append(run, batch(0));
      await one.append('10', batch(1));
      expect(await one.runs()).toEqual(['10', 'b', '9', 'a', '1']);
    });

    it('what a reader does to its batches changes nothing in the store', async () => {
      const one = await store();
      await appendAll(one, 'r', batches(3));
      (await one.read('r')).pop();
      expect(await one.read('r')).toHaveLength(3);
    });

    it('a definition is found under its hash, once or many times put; another hash finds nothing', async () => {
      const one = await store();
      const definition = { name: 'w', steps: [{ id: 'a', note: 'ü 目' }] };
      await one.putDefinition('h1', definition);
      await one.putDefinition('h1', definition);
      expect(await one.getDefinition('h1')).toEqual(definition);
      expect(await one.getDefinition('../h1')).toBeNull();
      expect(await one.getDefinition('h2')).toBeNull();
    });

    it('the newest summary of a run is seen at once', async () => {
      const one = await store();
      expect(await one.getSummary('r')).toBeNull();
      one.putSummary(summary('r'));
      one.putSummary(summary('r', 'completed'));
      expect(await one.getSummary('r')).toEqual(summary('r', 'completed'));
      expect(await one.getSummary('q')).toBeNull();
    });

    it('a summary is forgotten once its run has gone on', async () => {
      const one = await store();
      await appendAll(one, 'r', batches(2));
      one.putSummary(summary('r', 'failed'));
      expect(await one.getSummary('r')).toEqual(summary('r', 'failed'));
      await one.append('r', batch(2));
      expect(await one.getSummary('r')).toBeNull();
    });

    it.each(['soon', 'now'] as const)('what the house remembers is found under its name as it was kept last, kept %s', async (when) => {
      const one = await store();
      expect(one.kept?.('agents')).toBeNull();
      one.keep?.('agents', { a: 1 }, 'soon');
      one.keep?.('agents', { a: 2 }, when);
      expect([one.kept?.('agents'), one.kept?.('../agents')]).toEqual([{ a: 2 }, null]);
    });

    it('closing waits for what was appended, can be repeated, and ends all use', async () => {
      const one = await store();
      let acknowledged = false;
      const last = one.append('r', batch(0)).then(() => {
        acknowledged = true;
      });
      await Promise.all([one.close(), one.close()]);
      expect(acknowledged).toBe(true);
      await last;
      const closed = { code: 'STORE_CLOSED' };
      await expect(one.append('r', batch(1))).rejects.toMatchObject(closed);
      await expect(one.read('r')).rejects.toMatchObject(closed);
      await expect(one.has('r')).rejects.toMatchObject(closed);
      await expect(one.runs()).rejects.toMatchObject(closed);
      await expect(one.putDefinition('h', {})).rejects.toMatchObject(closed);
      await expect(one.getDefinition('h')).rejects.toMatchObject(closed);
      await expect(one.getSummary('r')).rejects.toMatchObject(closed);
      one.putSummary(summary('r'));
    });

    it('a store says what it promises and where it is', async () => {
      const one = await store();
      expect(['full', 'process', 'memory']).toContain(one.durability);
      expect(one.location).not.toBe('');
      expect(one.warnings).toEqual([]);
    });
  });
}
