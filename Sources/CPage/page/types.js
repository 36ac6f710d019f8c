/** The names of the fields of a structure, as NumPy writes its type; of other types none. */
export const fieldsOf = (dtype) => dtype.startsWith("[")
  ? [...dtype.matchAll(/\('([^']*)', (?:'|\[)/g)].map((match) => match[1]) : [];

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
