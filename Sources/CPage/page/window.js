/** The names of the fields of a structure, as NumPy writes its type; of other types none. */
export const fieldsOf = (dtype) => dtype.startsWith("[")
  ? [...dtype.matchAll(/\('([^']*)', (?:'|\[)/g)].map((match) => match[1]) : [];

/** All choices of two axes; of an array of one dimension that one. */
export const pairs = (shape) => shape.length === 1 ? [[0]]
  : shape.flatMap((_, first) => shape.slice(first + 1).map((_, more) => [first, first + 1 + more]));

/** The two longest axes: the last of those that are equally long. */
const longest = (shape) => shape.map((_, axis) => axis).sort((a, b) => shape[b] - shape[a] || b - a).slice(0, 2)
  .sort((a, b) => a - b);

/** What is seen: a part of one or two axes, and a position on each of the others. It is the address's query. */
export class Window {
  constructor({ shape, dtype }) {
    this.shape = shape;
    this.fields = fieldsOf(dtype);
    const query = new URLSearchParams(location.search);
    const axes = (query.get("axes") ?? "").split(",").map(Number);
    this.show(pairs(shape).find((pair) => String(pair) === String(axes)) ?? longest(shape));
    const at = (query.get("at") ?? "").split(",").map(Number);
    this.at = this.others.map((axis, place) => Math.min(Math.max(0, at[place] || 0), shape[axis] - 1));
    const zoom = (query.get("zoom") ?? "").split(",").map((part) => part.split(":").map(Number));
    if (zoom.length === this.seen.length) zoom.forEach(([from, to], axis) => this.set(axis, from, to));
    this.reduce = ["stride", "mean", "min", "max"].find((name) => name === query.get("reduce")) ?? "stride";
    this.field = this.fields.find((field) => field === query.get("field")) ?? this.fields[0];
  }

  /** Shows these axes, in their order, and the first of everything else. */
  show(axes) {
    this.axes = axes;
    this.seen = axes.map((axis) => this.shape[axis]);
    this.others = this.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    this.at = this.others.map(() => 0);
    this.reset();
  }

  reset() { this.zoom = this.seen.map((size) => [0, size]); }

  set(axis, from, to) {
    if (!Number.isInteger(from) || !Number.isInteger(to) || from >= to) return;
    const length = Math.min(to - from, this.seen[axis]);
    const start = Math.min(Math.max(0, from), this.seen[axis] - length);
    this.zoom[axis] = [start, start + length];
  }

  /** By a factor about a place from 0 to 1 on each axis. */
  scale(factor, places) {
    this.zoom.forEach(([from, to], axis) => {
      const length = Math.max(1, Math.round((to - from) * factor));
      const start = Math.round(from + (to - from) * places[axis] - length * places[axis]);
      this.set(axis, start, start + length);
    });
  }

  /** By a part of what is seen. */
  move(parts) {
    this.zoom.forEach(([from, to], axis) => {
      const step = Math.round((to - from) * parts[axis]);
      this.set(axis, from + step, to + step);
    });
  }

  get slice() {
    return this.shape.map((_, axis) => {
      const place = this.axes.indexOf(axis);
      return place < 0 ? this.at[this.others.indexOf(axis)] : this.zoom[place].join(":");
    }).join(",");
  }

  remember() {
    const query = new URLSearchParams({ reduce: this.reduce, zoom: this.zoom.map((part) => part.join(":")).join(",") });
    if (this.field !== undefined) query.set("field", this.field);
    if (this.at.length) {
      query.set("axes", this.axes.join(","));
      query.set("at", this.at.join(","));
    }
    history.replaceState(null, "", `${location.pathname}?${query}`);
  }
}
