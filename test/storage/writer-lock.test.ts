import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openFileStore } from '../../src/storage/file-store.ts';
import { nodeFileSystem } from '../../src/storage/node-file-system.ts';
import { holdPath, isPathHeld } from '../../src/storage/process-hold.ts';
import { appendAll, batch, batches } from './batches.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const children = new Set<ChildProcess>();

/** Another process at the store; `says` resolves with its next line, null at its end. */
function holder(directory: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'lock-holder.mjs'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const says = async () => {
    const { value, done } = await lines.next();
    return done === true ? null : String(value);
  };
  const end = async () => {
    child.kill('SIGKILL');
    const rest: string[] = [];
    for (let line = await says(); line !== null; line = await says()) rest.push(line);
    return rest;
  };
  return { child, says, end, go: () => child.stdin.write('go\n') };
}

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

async function held(directory: string) {
  const other = holder(directory);
  expect(await other.says()).toBe('ready');
  other.go();
  expect(await other.says()).toBe('held');
  return other;
}

describe('one writer per store', () => {
  it('while another process has it, opening says who, since when and what to do; kill -9 frees it with all it acknowledged', async () => {
    const directory = temporaryDirectory();
    const other = await held(directory);
    const refusal = openFileStore(directory);
    await expect(refusal).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringMatching(new RegExp(`process ${other.child.pid} on .* since \\d{4}-\\d\\d-\\d\\dT`)),
      hint: expect.stringContaining(`kill ${other.child.pid}`),
      details: { pid: other.child.pid },
    });
    expect(await other.says()).toBe('0');
    const seen = await openFileStore(directory, { readOnly: true });
    expect((await seen.read('r')).length).toBeGreaterThanOrEqual(1);
    const said = await other.end();
    const acknowledged = Number(said.filter((line) => /^\d+$/.test(line)).at(-1) ?? -1) + 1;
    const store = await openFileStore(directory);
    const kept = await store.read('r');
    expect(kept.length).toBeGreaterThanOrEqual(acknowledged);
    expect(kept).toEqual(batches(kept.length));
    await store.append('r', batch(kept.length));
    await store.close();
  });

  it('a stopped process still has it', async () => {
    const directory = temporaryDirectory();
    const other = await held(directory);
    other.child.kill('SIGSTOP');
    await expect(openFileStore(directory)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await other.end();
    await (await openFileStore(directory)).close();
  });

  it('of processes that take over a dead one at the same time, one gets it', async () => {
    const directory = temporaryDirectory();
    await (await held(directory)).end();
    const all = [1, 2, 3].map(() => holder(directory));
    for (const one of all) expect(await one.says()).toBe('ready');
    for (const one of all) one.go();
    const answers = await Promise.all(all.map((one) => one.says()));
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
    for (const answer of answers) if (answer !== 'held') expect(JSON.parse(answer ?? '')).toMatchObject({ code: 'STORE_LOCKED' });
  });

  it('the same process is told that it is itself', async () => {
    const directory = temporaryDirectory();
    const store = await openFileStore(directory);
    await expect(openFileStore(directory)).rejects.toMatchObject({ code: 'STORE_LOCKED', hint: expect.stringContaining('close it') });
    await store.close();
    await (await openFileStore(directory)).close();
  });

  it('however openings interleave, at most one can write, and after all have ended the next one can', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 5 }), async (scheduler, count) => {
        const disk = new SimulatedDisk();
        await (await openFileStore('/store', { fileSystem: disk })).append('r', batch(0));
        disk.killProcess();
        const slow = Object.assign(Object.create(disk), {
          hold: scheduler.scheduleFunction(async (file: string) => disk.hold(file)),
          isHeld: scheduler.scheduleFunction(async (file: string) => disk.isHeld(file)),
        });
        const openings = Promise.allSettled(Array.from({ length: count }, () => openFileStore('/store', { fileSystem: slow })));
        await scheduler.waitFor(openings);
        const open = (await openings).flatMap((opening) => (opening.status === 'fulfilled' ? [opening.value] : []));
        expect(open).toHaveLength(1);
        await open[0]?.append('r', batch(1));
        await open[0]?.close();
        const next = await openFileStore('/store', { fileSystem: disk });
        expect(await next.read('r')).toEqual(batches(2));
        await next.close();
      }),
      { numRuns: 100 },
    );
  });

  it('each opening has a higher epoch than any before, also after the lock directory was lost', async () => {
    const disk = new SimulatedDisk();
    for (let n = 0; n < 4; n += 1) {
      const store = await openFileStore('/store', { fileSystem: disk });
      await store.append('r', batch(n));
      await store.close();
      if (n === 1) for (const name of disk.list('/store/lock')) disk.remove(`/store/lock/${name}`);
    }
    const epochs = [
      ...disk
        .bytes('/store/journal/00000001.jsonl')
        .toString()
        .matchAll(/"epoch":(\d+)/g),
    ].map(([, epoch]) => Number(epoch));
    expect(epochs).toEqual([1, 2, 3, 4]);
  });
});

describe('a writer that lost its right', () => {
  it('gets STORE_FENCED and changes nothing more, not even while closing', async () => {
    const disk = new SimulatedDisk();
    const store = await openFileStore('/store', { fileSystem: disk });
    await appendAll(store, 'r', batches(2));
    const claim = disk.list('/store/lock').find((name) => name.endsWith('.json'));
    disk.remove(`/store/lock/${claim}`);
    const before = [disk.bytes('/store/journal/00000001.jsonl'), disk.bytes('/store/store.json')];
    await expect(store.append('r', batch(2))).rejects.toMatchObject({ code: 'STORE_FENCED' });
    await expect(store.append('q', batch(0))).rejects.toMatchObject({ code: 'STORE_FENCED' });
    await expect(store.putDefinition('h', {})).rejects.toMatchObject({ code: 'STORE_FENCED' });
    expect(await store.read('r')).toEqual(batches(2));
    await store.close();
    expect([disk.bytes('/store/journal/00000001.jsonl'), disk.bytes('/store/store.json')]).toEqual(before);
  });

  it('learns so as well when its directory is moved or removed', async () => {
    const directory = path.join(temporaryDirectory(), 'store');
    const store = await openFileStore(directory);
    await store.append('r', batch(0));
    fs.renameSync(directory, `${directory}-moved`);
    await expect(store.append('r', batch(1))).rejects.toMatchObject({ code: 'STORE_FENCED' });
    await store.close();
    const moved = await openFileStore(`${directory}-moved`);
    expect(await moved.read('r')).toEqual(batches(1));
    await moved.close();
  });
});

describe('a hold on a path', () => {
  it('lasts until released, at any length of path', async () => {
    for (const length of [1, 80, 200]) {
      const directory = path.join(temporaryDirectory(), 'd'.repeat(length));
      fs.mkdirSync(directory);
      const file = path.join(directory, 'x.hold');
      expect(await isPathHeld(file)).toBe(false);
      const hold = await holdPath(file);
      expect(await isPathHeld(file)).toBe(true);
      hold.release();
      expect(await isPathHeld(file)).toBe(false);
    }
  });

  it('written as a file, where sockets are impossible, counts only for the very process that wrote it', async () => {
    const file = path.join(temporaryDirectory(), 'x.hold');
    const started = fs.existsSync('/proc/self/stat')
      ? (fs.readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[19] ?? null)
      : null;
    const self = { pid: process.pid, started, boot: nodeFileSystem.boot() };
    const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await new Promise((resolve) => gone.once('exit', resolve));
    for (const [claim, alive] of [
      [self, true],
      [{ ...self, started: '1' }, false],
      [{ ...self, boot: 'an earlier one' }, false],
      [{ ...self, pid: gone.pid }, false],
      [{}, false],
      ['', false],
    ] as const) {
      fs.writeFileSync(file, typeof claim === 'string' ? claim : JSON.stringify(claim));
      expect(await isPathHeld(file)).toBe(alive);
    }
  });
});
