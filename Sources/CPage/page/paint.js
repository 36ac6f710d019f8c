import { palette, range } from "./colour.js";
import { fullOf } from "./types.js";

/** What to add to a value, and what to multiply that with, so that the limits become 0 and 255. */
const scaling = ([low, high]) => [-low, high > low ? 255 / (high - low) : 0];

/** The limits that were typed, and what the values have where none was. `found` is `null` when there is no number. */
export function limitsOf(window, values) {
  const found = range(values), [least, greatest] = found ?? [0, 1];
  let [low, high] = [least, greatest];
  // The middle colour of this map is for zero.
  if (window.map === "blue to red" && !window.colours && least < 0 && greatest > 0) {
    high = Math.max(-least, greatest);
    low = -high;
  }
  return { found, used: [window.limits[0] ?? low, window.limits[1] ?? high] };
}

/** One value a point; what is no number stays transparent. */
function pointsOfValues(image, values, map, limits) {
  const points = new Uint32Array(image.data.buffer), colours = palette(map), [offset, factor] = scaling(limits);
  for (let place = 0; place < points.length; place += 1) {
    const scaled = (values[place] + offset) * factor;
    if (scaled === scaled) points[place] = colours[scaled < 0 ? 0 : scaled > 255 ? 255 : (scaled + 0.5) | 0];
  }
}

/** Three or four values a point. Opacity has the whole of its type, whatever the limits are. */
function pointsOfColours(image, values, channels, limits, opaque) {
  const data = image.data, [offset, factor] = scaling(limits);
  for (let place = 0, from = 0; place < data.length; place += 4, from += channels) {
    for (let channel = 0; channel < 3; channel += 1) data[place + channel] = (values[from + channel] + offset) * factor;
    data[place + 3] = channels < 4 ? 255 : values[from + 3] * 255 / opaque;
  }
}

/** The values that have a colour: without opacity. */
const coloured = (values, channels) => channels < 4 ? values : values.filter((_, place) => place % 4 < 3);

/** The limits of colours: of bytes always the same. */
function limitsOfColours(window, values, channels) {
  const { found, used } = limitsOf(window, coloured(values, channels));
  return { found, used: window.dtype === "uint8" ? [window.limits[0] ?? 0, window.limits[1] ?? 255] : used };
}

/**
 * Makes the picture of an answer, in its own size.
 * @returns {{found: number[]?, used: number[]}} the limits that its values have, and those that were used
 */
export function paint(layer, window, used) {
  const { answer } = layer, [height, width, channels] = answer.shape, values = answer.items.drawn(window.part);
  layer.picture = document.createElement("canvas");
  [layer.picture.width, layer.picture.height] = [width, height];
  const context = layer.picture.getContext("2d"), image = context.createImageData(width, height);
  const limits = used ? { used } : window.colours ? limitsOfColours(window, values, channels) : limitsOf(window, values);
  if (window.colours) pointsOfColours(image, values, channels, limits.used, fullOf(window.dtype));
  else pointsOfValues(image, values, window.map, limits.used);
  context.putImageData(image, 0, 0);
  return limits;
}
