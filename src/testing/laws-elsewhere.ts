/** Further laws, for adapters whose work is done elsewhere and outlives the process of its house. */
import assert from 'node:assert/strict';
import { LAW_USAGE, lawTask } from './adapter-subject.ts';
import type { Trial } from './trial.ts';

/** By name. */
export const LAWS_ELSEWHERE: Readonly<Record<string, Trial>> = {
  'a house that stops leaves the work alone; the next one finds it at work and hears how it ends': async (house, { begun }, next) => {
    const task = lawTask('last');
    await house.atWork(task);
    await house.end();
    assert.deepEqual(house.reports(task), []);
    const again = next();
    assert.deepEqual(await again.performed(task), { ok: true, output: task.params.value, usage: LAW_USAGE });
    if (begun !== undefined) assert.equal(await begun(task.key), 1);
  },

  'what ended while no house was there is told to the next one': async (house, { begun }, next) => {
    const [task, later] = [lawTask('last'), lawTask('last')];
    await house.atWork(task);
    await house.end();
    const again = next();
    // begun later, it ends later
    await again.performed(later);
    assert.deepEqual(await again.performed(task), { ok: true, output: task.params.value, usage: LAW_USAGE });
    if (begun !== undefined) assert.equal(await begun(task.key), 1);
  },

  'an end that was told but not recorded is told again, the same, and the work is not done again': async (house, { begun }, next) => {
    const task = lawTask('answer');
    const first = await house.performed(task);
    await house.end();
    assert.deepEqual(await next().performed(task), first);
    if (begun !== undefined) assert.equal(await begun(task.key), 1);
  },

  'two houses that begin the same key have one piece of work, and each one end': async (house, { begun }, next) => {
    const task = lawTask('last');
    const other = next();
    const ends = await Promise.all([house.performed(task), other.performed(task)]);
    assert.deepEqual(ends[0], ends[1]);
    assert.deepEqual([house.reports(task).length, other.reports(task).length], [1, 1]);
    if (begun !== undefined) assert.equal(await begun(task.key), 1);
  },

  'a house can cancel what another one has begun; what was cancelled stays so': async (house, { begun }, next) => {
    const task = lawTask('wait');
    await house.atWork(task);
    await house.end();
    const again = next();
    await again.atWork(task);
    assert.equal(again.cancel(task), true);
    await again.quiet();
    assert.deepEqual(again.reports(task), []);
    const report = await next().performed(task);
    assert.equal(report.ok ? 'completed' : report.error.code, 'TASK_CANCELLED');
    if (begun !== undefined) assert.equal(await begun(task.key), 1);
  },
};
