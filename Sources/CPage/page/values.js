import { view } from "./api.js";
import { element, encoded, refill, table } from "./dom.js";
import { latest } from "./latest.js";

const [pageRows, pageColumns] = [20, 10];
/** Fields of a structure that have columns at the same time. */
const mostFields = 100;
/** Bytes that a page may take: of large items it has fewer. */
const mostBytes = 4 << 20;

/** A page of the part that is seen: where it starts, relative to that part, on one or two axes. */
class Page {
  constructor(window) { this.window = window; this.start = [0, 0]; }

  get columns() { return this.window.seen.length > 1 ? pageColumns : 1; }

  get rows() {
    const { fields, drawnType, type } = this.window, size = (fields.length && this.columns > 1 ? drawnType : type)?.size ?? 1;
    return Math.max(1, Math.min(pageRows, Math.floor(mostBytes / size / this.columns)));
  }

  /** From and to on each axis that is shown. */
  get ranges() {
    return this.window.zoom.map(([from, to], axis) => {
      const start = from + this.start[axis];
      return [start, Math.min(to, start + [this.rows, this.columns][axis])];
    });
  }

  get slice() { return this.window.sliceOf(this.ranges); }

  /** Whether there is more on that side. */
  has(axis, by) {
    const [from, to] = this.window.zoom[axis] ?? [0, 0], start = this.start[axis] + by;
    return start >= 0 && from + start < to;
  }
}

/** Times and complex numbers stay in one line. */
const shown = (value, { kind }) => "Mmc".includes(kind) ? element("span", { class: "number" }, value) : value;

/** What the items of one position are together: of colours red, green, blue and perhaps opacity. */
function cell(items, place, each) {
  if (each === 1) return shown(items.at(place), items.type);
  const values = Array.from({ length: each }, (_, item) => items.at(place * each + item));
  return values.map((value) => typeof value === "number" ? Number(value.toPrecision(7)) : value).join(", ");
}

/** Which fields have columns: of very many those from the chosen one on. */
function fieldRange({ fields, field }) {
  const first = fields.length > mostFields ? Math.min(fields.indexOf(field), fields.length - mostFields) : 0;
  return [first, first + mostFields];
}

/** What to say when not all fields have columns. */
function fieldNote(window) {
  const { fields } = window, [first] = fieldRange(window);
  return fields.length > mostFields && window.seen.length === 1 ? element("p", { class: "faint" },
    `Fields ${first + 1} to ${first + mostFields} of ${fields.length}; choose a field to see others.`) : "";
}

/** The columns, each with its name and what it has in a row: of structures the fields, else one, or those of the second axis. */
async function columns(path, page, signal) {
  const { fields, field } = page.window, [rows, across] = page.ranges, isWhole = fields.length > 0 && !across;
  const { items } = await view(encoded(path), {
    slice_: page.slice, pixels: page.ranges.map(([from, to]) => to - from).join(","),
    ...(isWhole || field === undefined ? {} : { field }),
  }, signal);
  if (isWhole) {
    return items.type.fields.slice(...fieldRange(page.window)).map((part) => [part.name, (row) => shown(items.at(row, part), part.type)]);
  }
  const height = rows[1] - rows[0], width = across ? across[1] - across[0] : 1, each = items.count / height / width;
  return Array.from({ length: width }, (_, column) =>
    [across ? String(across[0] + column) : "value", (row) => cell(items, row * width + column, each)]);
}

/** The values of the part that is seen, page by page; nothing is read before it is opened. */
export function values(path, window, signal) {
  const page = new Page(window), body = element("div");
  const node = element("details", {}, element("summary", {}, "As a table"), body);
  const draw = latest(signal, async (ending) => {
    const [from, to] = page.ranges[0], found = await columns(path, page, ending);
    const rows = Array.from({ length: to - from }, (_, row) => [from + row, ...found.map(([, value]) => value(row))]);
    refill(body, table(["index", ...found.map(([name]) => name)], rows, "Values"), fieldNote(window), turning());
  }, (error) => body.replaceChildren(element("p", {}, error.message)), () => `${page.slice};${window.field}`);
  const turn = (text, axis, by) => element("button", {
    disabled: !page.has(axis, by()), click: () => { page.start[axis] += by(); draw(); },
  }, text);
  const turning = () => element("div", { class: "row" },
    turn("Earlier rows", 0, () => -page.rows), turn("Later rows", 0, () => page.rows),
    ...(window.seen.length > 1 ? [turn("Earlier columns", 1, () => -pageColumns), turn("Later columns", 1, () => pageColumns)] : []));
  node.addEventListener("toggle", () => { if (node.open) draw(); });
  return { node, update: () => { page.start = [0, 0]; if (node.open) draw(); }, open: () => { node.open = true; } };
}
