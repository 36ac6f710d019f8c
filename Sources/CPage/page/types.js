import { itemType } from "./dtype.js";

/** The names of the fields of a structure; of other types none. */
export const fieldsOf = (dtype) => itemType(dtype)?.fields?.map(({ name }) => name) ?? [];

/** Whether items of this type have a mean, a minimum and a maximum. */
export const hasMean = (type) => "biuf".includes(type?.kind) && type.size <= 8;

const isDrawn = (type) => hasMean(type) || ["M8", "m8", "c8", "c16"].includes(type.kind + type.size);
const notDrawn = { S: "Texts are not drawn", U: "Texts are not drawn", items: "Each item has several values" };

/** Why items of this type have no picture; of those that have one `null`. */
export function whyNotDrawn(type) {
  if (!type) return "This type is not known here: its values are not shown.";
  return isDrawn(type) ? null : `${notDrawn[type.kind] ?? "Items of this type are not drawn"}: they are in the table below.`;
}

/** Whether items of this type are what cameras and microscopes make. */
export const isCounts = (dtype) => dtype === "uint8" || dtype === "uint16";

/** The value that is full opacity, and of bytes also the brightest: of floats 1, as everybody has it. */
export const fullOf = (dtype) => ({ uint8: 255, uint16: 65535 })[dtype] ?? 1;

/** Whether an array can be pictures whose last axis is red, green, blue and perhaps opacity. */
export const hasChannels = ({ shape, dtype }) => shape.length > 2 && [3, 4].includes(shape.at(-1))
  && (isCounts(dtype) || dtype.startsWith("float"));

/** All choices of two of these axes; of one axis that one. */
export const pairs = (axes) => axes.length === 1 ? [axes]
  : axes.flatMap((first, place) => axes.slice(place + 1).map((second) => [first, second]));

const fewest = 32;

/** The last two of these axes, as pictures are stored; where one of those is short, the two longest. */
export function likely(axes, shape) {
  const last = axes.slice(-2);
  if (last.every((axis) => shape[axis] >= fewest)) return last;
  return [...axes].sort((a, b) => shape[b] - shape[a] || b - a).slice(0, 2).sort((a, b) => a - b);
}
