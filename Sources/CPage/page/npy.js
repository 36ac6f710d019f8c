import { itemType } from "./dtype.js";
import { half, item } from "./items.js";
import { literal } from "./literal.js";
import { span, time, timeNumbers } from "./times.js";

const arrays = {
  b1: Uint8Array, u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array,
  f4: Float32Array, f8: Float64Array, u8: BigUint64Array, i8: BigInt64Array, M8: BigInt64Array, m8: BigInt64Array,
  f2: Uint16Array, c8: Float32Array, c16: Float64Array,
};

/** What can be drawn of a complex number. */
export const complexParts = {
  magnitude: Math.hypot, real: (real) => real, imaginary: (_, imaginary) => imaginary,
  phase: (real, imaginary) => Math.atan2(imaginary, real),
};

/** Turns the bytes of each number round. */
function swapped(buffer, start, width) {
  const bytes = new Uint8Array(buffer.slice(start));
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes.buffer;
}

/** The items of a file of NumPy: what `/api/view` answers with. */
export class Items {
  #buffer;
  #start;
  #view;
  /** What was drawn last. */
  #drawn = null;

  constructor(buffer) {
    const head = new DataView(buffer), isLong = head.getUint8(6) > 1, from = isLong ? 12 : 10;
    this.#start = from + (isLong ? head.getUint32(8, true) : head.getUint16(8, true));
    const text = new TextDecoder(head.getUint8(6) > 2 ? "utf-8" : "latin1").decode(new Uint8Array(buffer, from, this.#start - from));
    const says = literal(text);
    this.shape = says.get("shape");
    this.count = this.shape.reduce((all, size) => all * size, 1);
    this.type = itemType(says.get("descr"));
    this.#buffer = buffer;
    this.#view = new DataView(buffer, this.#start);
    if (!this.type || this.type.size * this.count !== this.#view.byteLength) throw new Error("items of this type cannot be read");
  }

  /** The item at a place, in C order, as {@link item} gives it; or a field of it. */
  at(place, { type, offset } = { type: this.type, offset: 0 }) { return item(this.#view, place * this.type.size + offset, type); }

  /** The numbers as they are kept; complex ones are two. */
  get numbers() {
    const { kind, size, isLittle } = this.type, array = arrays[kind + size], width = kind === "c" ? size / 2 : size;
    if (!array) throw new Error("items of this type are no numbers");
    if (isLittle || width === 1) return new array(this.#buffer, this.#start);
    return new array(swapped(this.#buffer, this.#start, width));
  }

  /**
   * A number for each item, as it is drawn: NaN for what is none; integers of eight bytes and times as doubles.
   * @param {string} part of complex numbers
   */
  drawn(part) {
    if (this.#drawn?.part !== part) this.#drawn = { part, values: this.#made(part) };
    return this.#drawn.values;
  }

  #made(part) {
    const { numbers, type: { kind, size } } = this;
    if (kind === "M" || kind === "m") return timeNumbers(numbers);
    if (kind === "c") return Float64Array.from({ length: this.count }, (_, place) => complexParts[part](numbers[2 * place], numbers[2 * place + 1]));
    if (kind === "f" && size === 2) return Float32Array.from(numbers, half);
    return size === 8 && kind !== "f" ? Float64Array.from(numbers, Number) : numbers;
  }

  /** How to write the least and the greatest of the numbers drawn, which are `found`: times exactly. */
  ends(found) {
    if (found && "Mm".includes(this.type.kind)) return span(this.numbers).map((count) => time(count, this.type));
    return found?.map((value) => value.toPrecision(5));
  }
}
