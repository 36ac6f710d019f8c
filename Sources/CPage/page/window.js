import { mapNames } from "./colour.js";
import { itemType } from "./dtype.js";
import { amend } from "./entries.js";
import { complexParts } from "./npy.js";
import { hasChannels, hasMean, isCounts, likely, pairs, whyNotDrawn } from "./types.js";

const reductions = ["stride", "mean", "min", "max"];
/** Of a line, both the least and the greatest of what a point stands for: a single value among very many is seen. */
const both = "range";
/** Bytes of values that are read for that when nobody has asked for it. */
const mostUnasked = 64 << 20;
const usualPart = Object.keys(complexParts)[0];
const numbers = (text) => (text ?? "").split(",").map(Number);

/** `null` for what is no number, which stands for the limit that the values have. */
export const limit = (text) => text === null || text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);

/** What is seen, and how: a part of one or two axes, and a position on each of the others. It is the address's query. */
export class Window {
  #reduce;
  #place = location.pathname;
  #signal;

  constructor(array, signal) {
    this.#signal = signal;
    const { shape, dtype } = array, query = new URLSearchParams(location.search);
    this.shape = shape;
    this.dtype = dtype;
    this.type = itemType(dtype);
    this.fields = this.type?.fields?.map(({ name }) => name) ?? [];
    this.field = this.fields.find((field) => field === query.get("field")) ?? this.usualField;
    this.part = Object.keys(complexParts).find((name) => name === query.get("part")) ?? usualPart;
    this.canBeColours = hasChannels(array);
    this.usualColours = this.canBeColours && dtype === "uint8";
    this.colours = this.canBeColours && query.has("as") ? query.get("as") === "colours" : this.usualColours;
    this.usualMap = isCounts(dtype) && shape.length > 1 ? "grey" : "viridis";
    this.map = mapNames.find((name) => name === query.get("map")) ?? this.usualMap;
    this.limits = [limit(query.get("low")), limit(query.get("high"))];
    this.#reduce = [...reductions, both].find((name) => name === query.get("reduce")) ?? null;
    this.#start(query);
  }

  #start(query) {
    const axes = numbers(query.get("axes")), at = numbers(query.get("at"));
    this.show(this.pairs.find((pair) => String(pair) === String(axes)) ?? this.likely);
    this.at = this.others.map((axis, place) => Math.min(Math.max(0, Math.trunc(at[place]) || 0), this.shape[axis] - 1));
    const zoom = (query.get("zoom") ?? "").split(",").map((part) => part.split(":").map(Number));
    if (zoom.length === this.seen.length) zoom.forEach(([from, to], axis) => this.set(axis, from, to));
  }

  /** The first field that has a picture. */
  get usualField() { return this.type?.fields?.find(({ type }) => !whyNotDrawn(type))?.name ?? this.fields[0]; }

  /** Of what is drawn: of structures a field. */
  get drawnType() { return this.type?.fields?.find(({ name }) => name === this.field)?.type ?? this.type; }

  get isLine() { return this.seen.length === 1; }

  /** How neighbours become one point; of what has no mean every so many are shown. */
  get reduce() {
    if (!hasMean(this.drawnType) || (this.#reduce === both && !this.isLine)) return reductions[0];
    return this.#reduce ?? this.usualReduce;
  }
  set reduce(name) { this.#reduce = name; }

  /** What is shown when nobody has chosen. */
  get usualReduce() {
    if (!this.isLine || !hasMean(this.drawnType)) return reductions[0];
    const [[from, to]] = this.zoom;
    return (to - from) * (this.type?.size ?? 1) <= mostUnasked ? both : reductions[0];
  }

  /** All but the axis of the colours. */
  get #positions() { return this.shape.map((_, axis) => axis).slice(0, this.colours ? -1 : undefined); }
  get pairs() { return pairs(this.#positions); }
  get likely() { return likely(this.#positions, this.shape); }

  /** Shows these axes, in their order, and the first of everything else. */
  show(axes) {
    this.axes = axes;
    this.seen = axes.map((axis) => this.shape[axis]);
    this.others = this.#positions.filter((axis) => !axes.includes(axis));
    this.at = this.others.map(() => 0);
    this.reset();
  }

  /** The last axis as colours, or as one like the others; what else is seen stays. */
  showColours(colours) {
    const { axes, zoom, at } = this;
    this.colours = colours;
    this.limits = [null, null];
    if (!this.pairs.some((pair) => String(pair) === String(axes))) return this.show(this.likely);
    this.show(axes);
    this.zoom = zoom;
    this.at = this.others.map((_, place) => at[place] ?? 0);
  }

  reset() { this.zoom = this.seen.map((size) => [0, size]); }

  get isWhole() { return this.zoom.every(([from, to], axis) => from === 0 && to === this.seen[axis]); }

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

  /** By parts of what is seen; `from` is where that was, when not now. */
  move(parts, from = this.zoom) {
    from.forEach(([start, end], axis) => {
      const step = Math.round((end - start) * parts[axis]);
      this.set(axis, start + step, end + step);
    });
  }

  /** What an answer's dimensions are. */
  get arrangement() { return `${this.axes};${this.colours}`; }

  /** What is seen, where, of which values: what differs in this is another picture. */
  get layer() { return [this.arrangement, this.at, this.field, this.reduce].join(";"); }

  get slice() { return this.sliceOf(this.zoom); }

  /** The slice of other ranges of the axes that are shown. */
  sliceOf(ranges) {
    return this.shape.map((size, axis) => {
      const place = this.axes.indexOf(axis), other = this.others.indexOf(axis);
      return place >= 0 ? ranges[place].join(":") : other >= 0 ? this.at[other] : `0:${size}`;
    }).join(",");
  }

  /** What is different from what a view shows by itself. */
  get query() {
    const query = new URLSearchParams(), set = (name, value, usual) => { if (value !== usual) query.set(name, value); };
    set("as", this.colours ? "colours" : "values", this.usualColours ? "colours" : "values");
    set("reduce", this.reduce, this.usualReduce);
    set("field", this.field, this.usualField);
    set("part", this.part, usualPart);
    set("axes", String(this.axes), String(this.likely));
    set("at", String(this.at), String(this.others.map(() => 0)));
    if (!this.isWhole) query.set("zoom", this.zoom.map((part) => part.join(":")).join(","));
    set("map", this.map, this.usualMap);
    ["low", "high"].forEach((name, place) => set(name, this.limits[place], null));
    return query;
  }

  get address() {
    // Commas and colons may stand in a query as they are, and are easier to read.
    const query = String(this.query).replaceAll("%2C", ",").replaceAll("%3A", ":");
    return `${this.#place}${query && `?${query}`}`;
  }

  remember() { amend(this.address, this.#signal); }
}
