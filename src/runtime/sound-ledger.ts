import type { LedgerDocument } from '../actors/resources/ledger-document.ts';
import { isJsonObject, type Json, type JsonObject } from '../protocol/json.ts';

/**
 * What can be relied on of a ledger's document: anybody may have written it. What is not as it must be is left out, whatever is left holds.
 * null where there is none.
 */
export function soundLedger(document: JsonObject | null): LedgerDocument | null {
  if (document === null) return null;
  const { accounts, reserved, limits, raised } = document;
  const sound: unknown = {
    format: 1,
    accounts: those(
      accounts,
      ({ spent, ended }) => isAmount(spent) && listOf(ended, ({ until, rate }) => isAmount(until) && isAmount(rate)),
    ),
    reserved: those(
      reserved,
      ({ accounts: names, tokens, rate, until = 0 }) => isAmount(tokens) && isAmount(rate) && isAmount(until) && isNames(names),
    ),
    ...(limits === undefined ? {} : { limits: those(limits, (each) => Object.values(each).every(isAmount)) }),
    ...(raised === undefined
      ? {}
      : { raised: those(raised, (each) => Object.values(each).every((change) => isJsonObject(change) && isRaise(change))) }),
  };
  return sound as LedgerDocument;
}

type Test = (value: JsonObject) => boolean;

const isAmount = (value: Json | undefined): boolean => typeof value === 'number' && value >= 0;

const isNames = (value: Json | undefined): boolean => Array.isArray(value) && value.every((name) => typeof name === 'string');

const isRaise: Test = ({ from, to }) => (from === null || isAmount(from)) && isAmount(to);

const listOf = (value: Json | undefined, test: Test): boolean =>
  Array.isArray(value) && value.every((each) => isJsonObject(each) && test(each));

function those(members: Json | undefined, test: Test): JsonObject {
  if (!isJsonObject(members)) return {};
  return Object.fromEntries(Object.entries(members).filter(([, each]) => isJsonObject(each) && test(each)));
}
