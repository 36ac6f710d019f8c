import { drawLine } from "./line.js";
import { limitsOf, paint } from "./paint.js";

/** What a canvas shows: the newest answer, moved and stretched as the window says until the next one is there. */
export class Scene {
  /** The whole of the array, behind what is seen of it, and the newest answer. */
  #whole = null;
  #newest = null;
  #window;

  constructor(canvas, window) {
    this.canvas = canvas;
    this.#window = window;
  }

  get newest() { return this.#newest; }
  get isLine() { return this.#window.isLine; }

  /** Whether an answer has what the window expects: the dataset may have become another since that was made. */
  fits({ shape, items: { type: { kind } } }) {
    const { seen, colours, drawnType } = this.#window, isNumber = (letter) => "biuf".includes(letter);
    return shape.length === seen.length + (colours ? 1 : 0) && shape.every((size) => size > 0)
      && (kind === drawnType.kind || (isNumber(kind) && isNumber(drawnType.kind)));
  }

  /** Takes in an answer to what the window was when it was asked. */
  add(answer, { zoom, layer, slice }) {
    // Values of two versions make no picture.
    if (this.#whole?.answer.version !== answer.version) this.#whole = null;
    this.#newest = { answer, zoom, layer, slice };
    if (zoom.every(([from, to], axis) => from === 0 && to === this.#window.seen[axis])) this.#whole = this.#newest;
    else if (this.#whole?.layer !== layer) this.#whole = null;
  }

  /** Gives the values their colours, and shows them. @returns the limits: `found` and `used`. */
  paint() {
    if (!this.#newest) return null;
    const limits = this.isLine ? limitsOf(this.#window, this.#lineValues) : paint(this.#newest, this.#window);
    this.#newest.limits = limits.used;
    if (!this.isLine && this.#whole && this.#whole !== this.#newest) paint(this.#whole, this.#window, limits.used);
    this.draw();
    return limits;
  }

  /** All values that a line has, the least and the greatest of each point among them. */
  get #lineValues() {
    const { items, low } = this.#newest.answer, { part } = this.#window;
    return low ? Float64Array.from([...low.drawn(part), ...items.drawn(part)]) : items.drawn(part);
  }

  draw() {
    const { canvas } = this;
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    if (!this.#newest || !canvas.width || !canvas.height) return;
    if (this.isLine) return drawLine(canvas, this.#newest, this.#window);
    for (const shown of new Set([this.#whole, this.#newest])) if (shown) this.#place(shown);
  }

  /** Draws a picture where its values are in the window. */
  #place({ picture, answer, zoom }) {
    const { width, height } = this.canvas, context = this.canvas.getContext("2d");
    const [[top, tall], [left, wide]] = this.#window.zoom.map(([from, to], axis) => {
      const size = [height, width][axis] / (to - from);
      return [(zoom[axis][0] - from) * size, answer.shape[axis] * answer.factors[axis] * size];
    });
    // Points that are larger than pixels have edges; where they are smaller, none is left out.
    context.imageSmoothingEnabled = tall < picture.height || wide < picture.width;
    context.drawImage(picture, left, top, wide, tall);
  }

  /** The value, or values, at a place from 0 to 1 on each axis, and its index on each axis seen. */
  at(places) {
    if (!this.#newest || this.#newest.layer !== this.#window.layer) return null;
    const { answer, zoom } = this.#newest;
    const index = this.#window.zoom.map(([from, to], axis) => Math.floor(from + (to - from) * places[axis]));
    const points = index.map((value, axis) => Math.floor((value - zoom[axis][0]) / answer.factors[axis]));
    if (points.some((point, axis) => point < 0 || point >= answer.shape[axis])) return null;
    const channels = this.#window.colours ? answer.shape.at(-1) : 1;
    const first = points.reduce((place, point, axis) => place * answer.shape[axis] + point, 0) * channels;
    if (answer.low) return { index, values: [...new Set([answer.low.at(first), answer.items.at(first)])] };
    return { index, values: Array.from({ length: channels }, (_, channel) => answer.items.at(first + channel)) };
  }
}
