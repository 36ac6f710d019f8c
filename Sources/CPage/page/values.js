import { view } from "./api.js";
import { element, encoded, refill, table } from "./dom.js";
import { latest } from "./latest.js";

const [pageRows, pageColumns] = [20, 10];

/** A page of the part that is seen: where it starts, relative to that part, on one or two axes. */
class Page {
  constructor(window) { this.window = window; this.start = [0, 0]; }

  /** From and to on each axis that is shown. */
  get ranges() {
    return this.window.zoom.map(([from, to], axis) => {
      const start = from + this.start[axis];
      return [start, Math.min(to, start + [pageRows, pageColumns][axis])];
    });
  }

  get slice() { return this.window.sliceOf(this.ranges); }

  /** Whether there is more on that side. */
  has(axis, by) {
    const [from, to] = this.window.zoom[axis] ?? [0, 0], start = this.start[axis] + by;
    return start >= 0 && from + start < to;
  }
}

/** Red, green, blue and perhaps opacity of each point as one text. */
const colours = ({ values, shape }) => Array.from({ length: shape[0] * shape[1] }, (_, place) =>
  [...values.subarray(place * shape[2], (place + 1) * shape[2])].map((value) => Number(value.toPrecision(4))).join(", "));

/** The values of so many items: of those that have several, all in one text. */
function items(values, count) {
  const each = values.length / count;
  if (!(each > 1)) return values;
  return Array.from({ length: count }, (_, item) => values.slice(item * each, (item + 1) * each).join(", "));
}

/** The columns: of structures the fields, else one, or those of the second axis. */
async function columns(path, page, signal) {
  const ask = (query) => view(encoded(path), {
    slice_: page.slice, pixels: page.ranges.map(([from, to]) => to - from).join(","), ...query,
  }, signal);
  const { fields, field } = page.window, [rows, across] = page.ranges;
  if (fields.length && !across) {
    const answers = await Promise.all(fields.map((name) => ask({ field: name })));
    return fields.map((name, index) => [name, items(answers[index].exact, rows[1] - rows[0])]);
  }
  const answer = await ask(field === undefined ? {} : { field });
  const height = rows[1] - rows[0], width = across ? across[1] - across[0] : 1;
  const values = page.window.colours ? colours(answer) : items(answer.exact, width * height);
  if (!across) return [["value", values]];
  return Array.from({ length: width }, (_, column) =>
    [String(across[0] + column), Array.from({ length: height }, (_, row) => values[row * width + column])]);
}

/** Numbers as short as they are exact: of float32 as many digits as it has. */
function shown(value, values) {
  if (typeof value !== "number") return String(value);
  return values instanceof Float32Array ? Number(value.toPrecision(7)) : value;
}

/** The values of the part that is seen, page by page; nothing is read before it is opened. */
export function values(path, window, signal) {
  const page = new Page(window), body = element("div");
  const node = element("details", {}, element("summary", {}, "As a table"), body);
  const draw = latest(signal, async (ending) => {
    const [from, to] = page.ranges[0], found = await columns(path, page, ending);
    const rows = Array.from({ length: to - from }, (_, row) =>
      [from + row, ...found.map(([, items]) => shown(items[row], items))]);
    refill(body, table(["index", ...found.map(([name]) => name)], rows, "Values"), turning());
  }, (error) => body.replaceChildren(element("p", {}, error.message)));
  const turn = (text, axis, by) => element("button", {
    disabled: !page.has(axis, by), click: () => { page.start[axis] += by; draw(); },
  }, text);
  const turning = () => element("div", { class: "row" },
    turn("Earlier rows", 0, -pageRows), turn("Later rows", 0, pageRows),
    ...(window.seen.length > 1 ? [turn("Earlier columns", 1, -pageColumns), turn("Later columns", 1, pageColumns)] : []));
  node.addEventListener("toggle", () => { if (node.open) draw(); });
  return { node, update: () => { page.start = [0, 0]; if (node.open) draw(); } };
}
