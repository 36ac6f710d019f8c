import { literal } from "./literal.js";

/**
 * What the bytes of an item mean.
 * @typedef {object} ItemType
 * @property {string} kind NumPy's letter: b, i, u, f, c, S, U, M, m; V for bytes that mean nothing in particular; `fields` of a
 *   structure; `items` of an array within the item
 * @property {number} size in bytes
 * @property {boolean} [isLittle] the order of bytes
 * @property {string} [unit] of dates and durations
 * @property {{name: string, type: ItemType, offset: number}[]} [fields]
 * @property {ItemType} [of] what an array within the item has
 * @property {number[]} [shape] of it
 */

const kinds = { bool: "b", int: "i", uint: "u", float: "f", complex: "c", datetime: "M", timedelta: "m" };
const product = (sizes) => sizes.reduce((all, size) => all * size, 1);

/** A type without parts, by its code (`<f4`) or its name (`float32`). */
function scalar(text) {
  const named = /^(bool|u?int|float|complex|datetime|timedelta)(\d*)(?:\[(.+)\])?$/.exec(text);
  if (named) return { kind: kinds[named[1]], size: Number(named[2] || 8) / 8, isLittle: true, unit: named[3] ?? "" };
  const coded = /^([<>|=]?)([?biufcSaUMmVO])(\d*)(?:\[(.+)\])?$/.exec(text);
  if (!coded) throw new Error(`the type ${text} is not known`);
  const [, order, letter, number, unit = ""] = coded, kind = { "?": "b", a: "S", O: "V" }[letter] ?? letter;
  const size = letter === "?" ? 1 : Number(number || ("MmO".includes(letter) ? 8 : 0));
  return { kind, size: kind === "U" ? 4 * size : size, isLittle: order !== ">", unit };
}

function repeated(of, shape) {
  const sizes = [shape].flat();
  if (!sizes.every((size) => size > 0)) throw new Error("an array within an item has nothing in it");
  return { kind: "items", of, shape: sizes, size: of.size * product(sizes) };
}

/** `[('a', '<i4'), ('v', '<f4', (3,))]`: one after the other. In files, bytes without a name are a gap. */
function fieldList(items) {
  let size = 0;
  const fields = items.flatMap(([title, format, shape], index) => {
    const base = made(format), type = shape === undefined ? base : repeated(base, shape), offset = size;
    // A title may stand before the name.
    const name = [title].flat().at(-1);
    size += type.size;
    return name === "" && type.kind === "V" ? [] : [{ name: name || `f${index}`, type, offset }];
  });
  return { kind: "fields", fields, size };
}

/** `{'names': …, 'formats': …, 'offsets': …, 'itemsize': …}`: with gaps. */
function fieldTable(table) {
  const [names, formats, offsets] = ["names", "formats", "offsets"].map((key) => table.get(key));
  const fields = names.map((name, index) => ({ name, type: made(formats[index]), offset: offsets[index] }));
  return { kind: "fields", fields, size: table.get("itemsize") };
}

/** @param value a code, a list or table of fields, or a type and how often it is there */
function made(value) {
  if (typeof value === "string") return scalar(value);
  if (value instanceof Map) return fieldTable(value);
  const [first, shape] = value, isRepeated = value.length === 2 && [shape].flat().every(Number.isInteger);
  return isRepeated ? repeated(made(first), shape) : fieldList(value);
}

/**
 * @param value NumPy's text of a type, or what the head of a file says of it
 * @returns {ItemType?} `null` for what is no type that is known
 */
export function itemType(value) {
  try {
    const type = made(typeof value === "string" && /^[[{(]/.test(value) ? literal(value) : value);
    return Number.isSafeInteger(type.size) && type.size > 0 ? type : null;
  } catch {
    return null;
  }
}
