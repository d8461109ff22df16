/**
 * A process that opens a store, for the lock's tests. Says `ready`, waits for a line, opens the store given as argument,
 * says `held`, or the error as JSON; then appends to run `r` until it is ended, and says the number of each batch acknowledged.
 */
import { errorData } from '../../src/protocol/errors.ts';
import { openFileStore } from '../../src/storage/file-store.ts';
import { batch } from './batches.ts';

const say = (line) => process.stdout.write(`${line}\n`);

say('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
try {
  const store = await openFileStore(process.argv[2] ?? '');
  const first = (await store.has('r')) ? (await store.read('r')).length : 0;
  say('held');
  for (let n = first; ; n += 1) {
    await store.append('r', batch(n));
    say(String(n));
  }
} catch (error) {
  say(JSON.stringify(errorData(error)));
  process.exit(0);
}
