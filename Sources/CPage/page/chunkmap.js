import { layoutOf } from "./chunklayout.js";
import { element, number } from "./dom.js";

const mostHeight = 176;
/** Milliseconds for which a cell shines when more of it has come. */
const shining = 700;
const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/** What is held of each cell's chunks. */
function cellStates(layout, all, held) {
  const [whole, partial, fetching] = [held.whole, held.partial, held.fetching].map((runs) => layout.counts(runs));
  const share = all.map((count, cell) => (whole[cell] + partial[cell] / 2) / count);
  return { whole, partial, fetching, share };
}

/** A picture of a dataset's chunks, which moves with what is held of them. */
export class ChunkMap {
  #canvas = element("canvas", { class: "chunks", role: "img", tabindex: 0, "aria-label": "Map of the chunks" });
  #line = element("output", { class: "faint" });
  #describe;
  #held = null;
  #layout = null;
  #width = 0;
  /** How many chunks each cell has, and what is held of them. */
  #all = null;
  #states = null;
  #selected = -1;
  #shone = new Map();
  #frame = 0;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  /** @param {(first: number, count: number) => string} describe names chunks. */
  constructor(describe, signal) {
    this.#describe = describe;
    this.node = element("div", { class: "map" }, this.#canvas, this.#line);
    this.#listen();
    const observer = new ResizeObserver(() => { if (this.#width !== this.node.clientWidth) this.#arrange(); });
    observer.observe(this.node);
    document.addEventListener("themechange", () => this.#paint(), { signal });
    signal.addEventListener("abort", () => { observer.disconnect(); cancelAnimationFrame(this.#frame); });
  }

  /** @param {string} summary what the map shows, in words. */
  show(held, summary) {
    const before = this.#held, states = this.#states;
    this.#held = held;
    this.#canvas.setAttribute("aria-label", `Map of the chunks: ${summary}`);
    // Of a single chunk the line beside it says all.
    this.node.hidden = held.chunks < 2;
    if (!this.#layout || before?.chunks !== held.chunks || String(before?.grid) !== String(held.grid)) return this.#arrange();
    this.#states = cellStates(this.#layout, this.#all, held);
    const now = performance.now();
    this.#states.share.forEach((share, cell) => { if (share > states.share[cell]) this.#shone.set(cell, now); });
    this.#tell();
    this.#paint();
  }

  #arrange() {
    this.#width = this.node.clientWidth;
    if (!this.#held || this.#width === 0) return;
    this.#layout = layoutOf(this.#held, this.#width, mostHeight);
    this.#all = this.#layout.counts([[0, this.#held.chunks]]);
    this.#states = cellStates(this.#layout, this.#all, this.#held);
    this.#shone.clear();
    this.#selected = Math.min(this.#selected, this.#layout.cells - 1);
    const ratio = devicePixelRatio;
    [this.#canvas.width, this.#canvas.height] = [this.#layout.width * ratio, this.#layout.height * ratio];
    this.#canvas.style.width = `${this.#layout.width}px`;
    this.#tell();
    this.#paint();
  }

  // MARK: Painting

  #paint() {
    if (!this.#layout) return;
    const context = this.#canvas.getContext("2d"), styles = getComputedStyle(this.#canvas), now = performance.now();
    const colour = (name) => styles.getPropertyValue(`--${name}`);
    const colours = { whole: colour("whole"), part: colour("part"), coming: colour("coming"), missing: colour("missing") };
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.#layout.width, this.#layout.height);
    for (let cell = 0; cell < this.#layout.cells; cell += 1) this.#paintCell(context, cell, colours, now);
    this.#mark(context, getComputedStyle(this.node).color);
    const isMoving = this.#shone.size > 0 || this.#states.fetching.some((count) => count > 0);
    cancelAnimationFrame(this.#frame);
    if (isMoving && !this.#still.matches) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paintCell(context, cell, colours, now) {
    const { pitch } = this.#layout, side = pitch - (pitch > 5 ? 2 : 1), [x, y] = this.#layout.place(cell);
    const share = this.#states.share[cell], isComing = this.#states.fetching[cell] > 0;
    const fill = (colour, top, height) => { context.fillStyle = colour; context.fillRect(x, y + top, side, height); };
    fill(share === 1 ? colours.whole : share > 0 ? colours.part : colours.missing, 0, side);
    if (share > 0 && share < 1) this.#paintLevel(fill, context, share, side, colours.whole);
    if (isComing) this.#paintComing(context, x, y, side, colours.coming, now);
    const shone = this.#shone.get(cell);
    if (shone === undefined) return;
    const left = 1 - (now - shone) / shining;
    if (left <= 0 || this.#still.matches) return this.#shone.delete(cell);
    context.globalAlpha = left;
    fill(colours.part, 0, side);
    context.globalAlpha = 1;
  }

  /** How much of the cell is held: by a height, or a shade where there is no room for one. */
  #paintLevel(fill, context, share, side, colour) {
    if (side > 5) {
      const level = Math.min(Math.max(Math.round(share * side), 2), side - 2);
      return fill(colour, side - level, level);
    }
    context.globalAlpha = 0.7 * share;
    fill(colour, 0, side);
    context.globalAlpha = 1;
  }

  /** A frame, so that what is held can be seen in it; where there is no room for one, all of the cell. */
  #paintComing(context, x, y, side, colour, now) {
    context.globalAlpha = this.#still.matches ? 1 : 0.7 + 0.3 * Math.sin(now / 200 + (x + y) / 40);
    context.fillStyle = context.strokeStyle = colour;
    context.lineWidth = 2;
    if (side > 5) context.strokeRect(x + 1, y + 1, side - 2, side - 2);
    else context.fillRect(x, y, side, side);
    context.globalAlpha = 1;
  }

  #mark(context, colour) {
    if (this.#selected < 0) return;
    const { pitch } = this.#layout, [x, y] = this.#layout.place(this.#selected);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, pitch, pitch);
  }

  // MARK: Looking at a chunk

  #listen() {
    const select = (cell) => {
      if (!this.#layout || cell === this.#selected) return;
      this.#selected = cell;
      this.#tell();
      this.#paint();
    };
    this.#canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
      if (this.#layout) select(this.#inside(this.#layout.cellAt(offsetX, offsetY)));
    });
    this.#canvas.addEventListener("pointerleave", () => select(-1));
    this.#canvas.addEventListener("blur", () => select(-1));
    this.#canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = moves[event.key] ?? { ArrowUp: -1, ArrowDown: 1 }[event.key] * this.#layout?.rowLength;
      if (Number.isNaN(step) || !this.#layout) return;
      event.preventDefault();
      select(Math.min(Math.max(this.#selected + step, 0), this.#layout.cells - 1));
    });
  }

  #inside(cell) { return cell >= 0 && cell < this.#layout.cells ? cell : -1; }

  /** Says what the chosen cell is. */
  #tell() {
    if (this.#selected < 0) { this.#line.textContent = ""; return; }
    const cell = this.#selected, { whole, partial, fetching } = this.#states, count = this.#all[cell];
    const parts = count > 1 ? [`${number(whole[cell])} of ${number(count)} held`, partial[cell] ? `${number(partial[cell])} in part` : ""]
      : [whole[cell] ? "held" : partial[cell] ? "held in part" : "not held"];
    if (fetching[cell]) parts.push("being fetched");
    this.#line.textContent = `${this.#describe(...this.#layout.chunksOf(cell))}: ${parts.filter(Boolean).join(", ")}`;
  }
}
