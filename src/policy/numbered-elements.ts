/** Gives equal elements equal numbers, over several sequences. */
export class NumberedElements<Element> {
  readonly #numbers: Map<string, number> = new Map();
  readonly #text: (element: Element) => string;

  /** `text`: the same for equal elements and for no others. */
  constructor(text: (element: Element) => string) {
    this.#text = text;
  }

  of(elements: readonly Element[]): number[] {
    return elements.map((element) => {
      const text = this.#text(element);
      const number = this.#numbers.get(text) ?? this.#numbers.size;
      this.#numbers.set(text, number);
      return number;
    });
  }
}
