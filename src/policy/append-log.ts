/**
 * A list that only grows, as immutable data: appending gives a longer list and leaves the old one as it was. The elements are kept once for
 * all lengths of one history, so that appending costs what is appended, not what is there. A second continuation of the same list is a
 * history of its own, and costs one copy.
 */
export class AppendLog<Element> implements Iterable<Element> {
  readonly length: number;
  readonly #elements: Element[];

  private constructor(elements: Element[], length: number) {
    this.#elements = elements;
    this.length = length;
  }

  static empty<Element>(): AppendLog<Element> {
    return new AppendLog<Element>([], 0);
  }

  append(more: readonly Element[]): AppendLog<Element> {
    if (more.length === 0) return this;
    const elements = this.#elements.length === this.length ? this.#elements : this.#elements.slice(0, this.length);
    for (const element of more) elements.push(element);
    return new AppendLog(elements, elements.length);
  }

  *[Symbol.iterator](): Iterator<Element> {
    for (let index = 0; index < this.length; index++) yield this.#elements[index] as Element;
  }
}
