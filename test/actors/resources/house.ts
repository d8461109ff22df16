/** A house with a ledger on a time that moves when told, and a place where its document survives it. */
import type { Lease } from '../../../src/actors/resources/lease.ts';
import type { LeaseAsk } from '../../../src/actors/resources/lease-ask.ts';
import { createLedger } from '../../../src/actors/resources/ledger.ts';
import type { LedgerDocument, LedgerKeeper } from '../../../src/actors/resources/ledger-document.ts';
import { StepClock } from '../../../src/runtime/step-clock.ts';

/** Time as a ledger wants it. */
export function steppedTime(clock = new StepClock(0)) {
  return {
    now: () => clock.now(),
    alarm: (due: number, ring: () => void) => {
      const id = clock.setTimeout(ring, due - clock.now());
      return () => clock.clearTimeout(id);
    },
    pass: (ms: number) => clock.advanceTo(clock.now() + ms),
    nextDue: () => clock.nextDue(),
  };
}

/** A place for one document, as text: what was kept last survives. `fails` may be set: then nothing is kept. */
export class Shelf implements LedgerKeeper {
  kept: string | null = null;
  times = 0;
  fails = false;

  load(): LedgerDocument | null {
    return this.kept === null ? null : JSON.parse(this.kept);
  }

  keep(document: LedgerDocument): void {
    if (this.fails) throw new Error('the disk is full');
    this.kept = JSON.stringify(document);
    this.times += 1;
  }
}

/** A ledger, its time, its shelf, and what was heard: `a: held`. */
export function house(shelf = new Shelf(), time = steppedTime()) {
  const heard: string[] = [];
  const faults: unknown[] = [];
  const ledger = createLedger({ time, keeper: shelf, fault: (thrown) => faults.push(thrown) });
  const listen = (lease: Lease) => heard.push(`${lease.id}: ${lease.state()}`);
  const ask = (lease: string, more: Partial<LeaseAsk> = {}) =>
    ledger.ask({ lease, owner: lease, accounts: [{ name: 'runtime' }], ...more }, listen);
  const account = (name = 'runtime') => ledger.standing().accounts.find((each) => each.name === name);
  return { ledger, time, shelf, heard, faults, ask, account };
}
