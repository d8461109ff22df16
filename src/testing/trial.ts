import type { AdapterSubject } from './adapter-subject.ts';
import type { LawHouse } from './law-house.ts';

/** Tries one law. `next` opens another house, with an adapter of its own to the same workers. */
export type Trial = (house: LawHouse, subject: AdapterSubject, next: () => LawHouse) => Promise<void>;
