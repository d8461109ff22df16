import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { batch } from './batches.ts';
import { describeStore } from './conformance.ts';

describeStore('the memory store', async () => createMemoryStore());

it('the memory store acknowledges within a microtask', async () => {
  const order: string[] = [];
  const appended = createMemoryStore()
    .append('r', batch(0))
    .then(() => order.push('appended'));
  queueMicrotask(() => order.push('next microtask'));
  await appended;
  expect(order[0]).toBe('appended');
});

it('the memory store keeps the very batch it was given', async () => {
  const store = createMemoryStore();
  const given = batch(0);
  await store.append('r', given);
  expect((await store.read('r'))[0]).toBe(given);
});
