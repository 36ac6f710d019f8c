/** Colour maps as colours at equal distances; what lies between is mixed. All but grey are even to the eye, or nearly. */
const stops = {
  viridis: "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725",
  magma: "000004 1c1044 4f127b 812581 b5367a e55964 fb8761 fec287 fcfdbf",
  "blue to red": "053061 2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f",
  grey: "000000 ffffff",
};
export const mapNames = Object.keys(stops);

const parsed = (name) => stops[name].split(" ").map((text) => [0, 2, 4].map((at) => parseInt(text.slice(at, at + 2), 16)));

/** The 256 colours of a map as the four bytes of a canvas' point, opaque. */
export function palette(name) {
  const colours = parsed(name), bytes = new Uint8ClampedArray(256 * 4);
  for (let index = 0; index < 256; index += 1) {
    const position = index / 255 * (colours.length - 1), before = Math.min(Math.floor(position), colours.length - 2);
    const part = position - before;
    bytes.set(colours[before].map((value, channel) => value + (colours[before + 1][channel] - value) * part), 4 * index);
    bytes[4 * index + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

/** A map from left to right, for a style sheet. */
export const gradient = (name) => `linear-gradient(to right, ${stops[name].split(" ").map((text) => `#${text}`).join(", ")})`;

/** The least and the greatest of the values that are numbers; `null` when none is. */
export function range(values) {
  let least = Infinity, greatest = -Infinity;
  // By place: to go through values one by one takes twice as long before the browser has compiled this.
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place];
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return least > greatest ? null : [least, greatest];
}
