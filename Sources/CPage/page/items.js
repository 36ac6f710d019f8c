import { time } from "./times.js";

const mostShown = 32;

/** A shorter float with only as many digits as tell it from its neighbours, but whole numbers with all of theirs. */
function shortest(value, bits, leastExponent) {
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 2 ** 24)) return value;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), leastExponent);
  // Below a power of two the next one is nearer.
  const near = 2 ** (exponent - bits) / (Math.abs(value) === 2 ** exponent ? 4 : 2);
  for (let digits = 1; digits < 10; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.abs(rounded - value) < near) return rounded;
  }
  return value;
}

/** A float of two bytes, which not all browsers know. */
export function half(bits) {
  const sign = bits >> 15 ? -1 : 1, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * fraction / 1024);
}

const readers = {
  b1: (view, at) => view.getUint8(at) ? "True" : "False", u1: (view, at) => view.getUint8(at), i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little), i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little), i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => view.getBigUint64(at, little), i8: (view, at, little) => view.getBigInt64(at, little),
  f2: (view, at, little) => shortest(half(view.getUint16(at, little)), 10, -14),
  f4: (view, at, little) => shortest(view.getFloat32(at, little), 23, -126), f8: (view, at, little) => view.getFloat64(at, little),
  c8: (view, at, little) => complex(readers.f4(view, at, little), readers.f4(view, at + 4, little)),
  c16: (view, at, little) => complex(readers.f8(view, at, little), readers.f8(view, at + 8, little)),
};

const signed = (value) => Object.is(value, -0) ? "-0" : String(value).replace("NaN", "nan").replace("Infinity", "inf");
const complex = (real, imaginary) => `${signed(real)}${/^-/.test(signed(imaginary)) ? "" : "+"}${signed(imaginary)}j`;

/** `S` has bytes, `U` four bytes a character; both end where zeros begin. */
function text(view, at, { kind, size, isLittle }) {
  if (kind === "U") {
    const points = Array.from({ length: size / 4 }, (_, place) => Math.min(view.getUint32(at + 4 * place, isLittle), 0x10ffff));
    return points.map((point) => String.fromCodePoint(point)).join("").replace(/\0+$/, "");
  }
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size), end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
  } catch {
    return Array.from(bytes.subarray(0, end), (byte) => byte > 31 && byte < 127 ? String.fromCharCode(byte) : escaped(byte)).join("");
  }
}

const escaped = (byte) => `\\x${byte.toString(16).padStart(2, "0")}`;
const raw = (view, at, size) => Array.from(new Uint8Array(view.buffer, view.byteOffset + at, size), escaped).join("");

/** The items of an array within an item, as far as a line has room for them. */
function list(view, at, { of, shape: [count, ...inner] }) {
  const step = inner.reduce((size, length) => size * length, of.size), shown = Math.min(count, mostShown);
  const parts = Array.from({ length: shown }, (_, place) => inner.length
    ? `[${list(view, at + place * step, { of, shape: inner })}]` : item(view, at + place * step, of));
  return parts.join(", ") + (count > shown ? `, … (${count})` : "");
}

/**
 * What is at a place, exactly: numbers as numbers, integers of eight bytes as `bigint`, all else as a text.
 * @param {DataView} view
 * @param {import("./dtype.js").ItemType} type
 */
export function item(view, at, type) {
  const { kind, size, isLittle } = type, read = readers[kind + size];
  if (read) return read(view, at, isLittle);
  if (kind === "S" || kind === "U") return text(view, at, type);
  if (kind === "M" || kind === "m") return time(view.getBigInt64(at, isLittle), type);
  if (kind === "items") return list(view, at, type);
  if (kind === "fields") return `(${type.fields.map((field) => item(view, at + field.offset, field.type)).join(", ")})`;
  return raw(view, at, size);
}
