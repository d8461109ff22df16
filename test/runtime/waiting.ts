import type { SignalStep } from '../../src/definition/workflow.ts';
import type { JournalStore } from '../../src/protocol/journal.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';

/** A step that waits for the signal of its own name. */
export function gate(id: string, more: Partial<SignalStep> = {}): SignalStep {
  return { kind: 'signal', id, name: id, type: 'wait-for-signal', dependencies: [], signal: id, ...more };
}

/** A store that says which runs were read: `woken` at once, which is how a passivated run comes back, `read` in any other way. */
export function watched(inner: JournalStore = createMemoryStore()) {
  const woken: string[] = [];
  const read: string[] = [];
  const store = new Proxy(inner, {
    get(target, key) {
      const value = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (key === 'readNow') woken.push(String(args[0]));
        if (key === 'read') read.push(String(args[0]));
        return Reflect.apply(value, target, args);
      };
    },
  });
  return { store, woken, read };
}
