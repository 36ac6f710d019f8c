/** Texts, numbers and words, and what stands between them. */
const token = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+)|([A-Za-z]+)|([[\](){},:]))/y;
const escapes = { n: "\n", t: "\t", r: "\r" };
const deepest = 16;

const unescaped = (text) => text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gi, (_, two, four, eight, one) =>
  one === undefined ? String.fromCodePoint(parseInt(two ?? four ?? eight, 16)) : escapes[one] ?? one);

/** Goes through the text of a value of Python. */
class Reader {
  #at = 0;
  constructor(text) { this.text = text; this.#next(); }

  get isAtEnd() { return this.text.slice(this.#at).trim() === "" && this.found === null; }

  #next() {
    token.lastIndex = this.#at;
    this.found = token.exec(this.text);
    if (this.found) this.#at = token.lastIndex;
  }

  #take(mark) {
    if (this.found?.[5] !== mark) return false;
    this.#next();
    return true;
  }

  value(depth = deepest) {
    if (!this.found || depth === 0) throw new Error(`this cannot be read: ${this.text.slice(0, 200)}`);
    const [, single, double, number, word] = this.found;
    if (this.#take("[")) return this.#items("]", depth);
    if (this.#take("(")) return this.#items(")", depth);
    if (this.#take("{")) return this.#table(depth);
    this.#next();
    if (single !== undefined || double !== undefined) return unescaped(single ?? double);
    return number === undefined ? { True: true, False: false }[word] ?? null : Number(number);
  }

  #items(end, depth) {
    const items = [];
    while (!this.#take(end)) {
      items.push(this.value(depth - 1));
      if (!this.#take(",") && this.found?.[5] !== end) throw new Error("a list does not end");
    }
    return items;
  }

  #table(depth) {
    const table = new Map();
    while (!this.#take("}")) {
      const key = this.value(depth - 1);
      if (!this.#take(":")) throw new Error("a table has a name without a value");
      table.set(key, this.value(depth - 1));
      if (!this.#take(",") && this.found?.[5] !== "}") throw new Error("a table does not end");
    }
    return table;
  }
}

/**
 * The value of Python that a text says, as NumPy writes types and the heads of files: lists and tuples become arrays,
 * tables maps. Throws for what is none.
 */
export function literal(text) {
  const reader = new Reader(text), value = reader.value();
  if (!reader.isAtEnd) throw new Error(`this cannot be read: ${text.slice(0, 200)}`);
  return value;
}
