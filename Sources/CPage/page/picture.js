import { extremes, view } from "./api.js";
import { choices, saveButton, showReduction, sliders, zoomButtons } from "./controls.js";
import { element, encoded, refill } from "./dom.js";
import { keys, pointers } from "./gestures.js";
import { latest, settled } from "./latest.js";
import { Legend } from "./legend.js";
import { problem } from "./problem.js";
import { scalar } from "./scalar.js";
import { Scene } from "./scene.js";
import { whyNotDrawn } from "./types.js";
import { values } from "./values.js";
import { Window } from "./window.js";

/** As many points as the canvas has, in steps: a screen that is a little smaller asks for the same. */
const points = (pixels) => Math.min(1200, Math.ceil(pixels * devicePixelRatio / 100) * 100);

/** The values of an array: two of its axes as an image, or one as a line, and all that changes what is seen of them. */
class Picture {
  #canvas = element("canvas", { tabindex: 0, role: "img", "aria-label": "The values as a picture", "aria-describedby": "hint" });
  #line = element("p", { class: "faint", role: "status" });
  #trouble = element("div", { "aria-live": "polite" });
  #readout = element("output", { class: "readout", "aria-hidden": "true" });
  #sliders = element("div");
  #choices = element("div", { class: "choices" });
  /** What can be done with a picture, where there is one. */
  #tools;
  /** The last question that has an answer. */
  #answered = null;

  constructor(path, array, units, signal, moved) {
    this.path = path;
    this.units = units ? ` ${units}` : "";
    this.moved = moved;
    this.window = new Window(array, signal);
    this.scene = new Scene(this.#canvas, this.window);
    this.legend = new Legend(this.window, () => this.#painted());
    this.listing = values(path, this.window, signal);
    this.ask = latest(signal, (ending) => this.#load(ending), (error) => this.#refused(error),
      () => `${this.window.layer};${this.window.slice}`);
    this.settle = settled(signal, 200, () => this.#remember());
    this.#tools = this.#makeTools();
    this.#listen(signal);
    this.#arrange();
    moved(this.window);
    // As soon as it is on the page, and before a frame has been made of that.
    queueMicrotask(() => this.ask());
  }

  get node() {
    return element("div", { class: "view" },
      element("div", { class: "figure" }, this.#trouble, this.#sliders, this.#canvas, this.#line, this.#readout),
      element("div", { class: "panel" }, this.#choices, this.legend.node, ...this.#tools),
      this.listing.node);
  }

  #makeTools() {
    return [
      element("div", { class: "row" }, ...zoomButtons(this.window, () => this.#changed()),
        saveButton(this.#canvas, this.path.split("/").at(-1))),
      element("p", { id: "hint", class: "faint hint" },
        "Drag to move; to zoom pinch, or turn the wheel with Ctrl or after a click; by keyboard arrows, + and −, 0 for all of it."),
    ];
  }

  #listen(signal) {
    pointers(this.#canvas, this.window, (isMoving) => this.#changed(isMoving), (places) => this.#read(places));
    keys(this.#canvas, this.window, () => this.#changed());
    const sizes = new ResizeObserver(() => { this.scene.draw(); this.ask(); });
    sizes.observe(this.#canvas);
    signal.addEventListener("abort", () => sizes.disconnect());
    document.addEventListener("themechange", () => this.scene.draw(), { signal });
  }

  /** Other axes have other sliders, and another shape; another field may have no picture at all. */
  #arrange() {
    const { window } = this, changed = (isMoving) => this.#changed(isMoving), why = whyNotDrawn(window.drawnType);
    this.#sliders.replaceChildren(...sliders(window, changed));
    refill(this.#choices, ...choices(window, {
      changed, arranged: () => { this.#arrange(); this.#changed(); }, painted: () => this.#painted(),
    }));
    for (const node of [this.#canvas, this.#readout, ...this.#tools]) node.hidden = Boolean(why);
    if (why) this.#showTable(why);
    // Points are squares unless the picture would be a mere strip.
    const ratio = this.scene.isLine ? 2.5 : Math.min(Math.max(window.seen[1] / window.seen[0], 0.4), 4);
    this.#canvas.className = this.scene.isLine ? "plot" : "image";
    this.#canvas.style.aspectRatio = String(ratio);
    this.#canvas.style.maxWidth = `calc(${ratio} * min(36rem, 70vh))`;
  }

  /** Instead of a picture. */
  #showTable(why) {
    this.#answered = null;
    this.#trouble.replaceChildren();
    this.legend.node.hidden = true;
    this.#line.textContent = why;
    this.listing.open();
  }

  /** Draws the same values otherwise. */
  #painted() {
    this.#remember();
    this.#paint();
  }

  /** @param {boolean} isMoving whether there is more to come: what costs more than a picture then waits */
  #changed(isMoving = false) {
    this.scene.draw();
    this.ask();
    showReduction(this.#choices, this.window);
    if (isMoving) this.settle(); else this.#remember();
  }

  #remember() {
    this.window.remember();
    this.moved(this.window);
    this.listing.update();
  }

  get #question() {
    const { window } = this, { clientWidth, clientHeight } = this.#canvas;
    const limits = this.scene.isLine ? [points(clientWidth)] : [points(clientHeight), points(clientWidth)];
    return {
      slice_: window.slice, pixels: limits.join(","), reduce: window.reduce,
      ...(window.field === undefined ? {} : { field: window.field }),
    };
  }

  /** Where every value has a point of its own there are no two. */
  async #answer(question, signal) {
    const [[from, to]] = this.window.zoom, isBoth = question.reduce === "range" && to - from > Number(question.pixels);
    if (isBoth) return extremes(encoded(this.path), question, signal);
    return view(encoded(this.path), { ...question, reduce: question.reduce === "range" ? "stride" : question.reduce }, signal);
  }

  async #load(signal) {
    const { window } = this, { slice, layer, arrangement } = window, zoom = window.zoom.map((part) => [...part]);
    if (!this.#canvas.clientWidth) return;
    const question = this.#question, asked = String(new URLSearchParams(question));
    if (asked === this.#answered) return;
    this.#canvas.setAttribute("aria-busy", "true");
    try {
      const answer = await this.#answer(question, signal);
      // Other axes or colours were chosen meanwhile, and have been asked for; or what has no picture.
      if (arrangement !== window.arrangement || this.#canvas.hidden) return;
      if (!this.scene.fits(answer)) throw new Error("The dataset has another shape or type than it had: show its newer version.");
      this.#answered = asked;
      this.scene.add(answer, { zoom, layer, slice });
      this.#trouble.replaceChildren();
      this.#canvas.classList.remove("stale");
      this.#paint();
    } finally {
      this.#canvas.removeAttribute("aria-busy");
    }
  }

  #paint() {
    const painted = this.scene.paint();
    if (!painted) return;
    const { isLine, newest: { answer, slice } } = this.scene, ends = answer.items.ends(painted.found);
    const range = !ends ? "there are no numbers here" : isLine || this.window.colours ? ends.join(" to ")
      : `${ends[0]} (dark) to ${ends[1]} (bright)`;
    const what = answer.factors.every((factor) => factor === 1) ? "every value"
      : `${answer.reduction.split(";")[0]} of ${answer.factors.slice(0, this.window.seen.length).join(" × ")} values a point`;
    this.#line.textContent = `[${slice}]: ${range}${ends ? this.units : ""}; ${what}`;
    this.legend.show(painted);
  }

  #refused(error) {
    this.#answered = null;
    this.#canvas.classList.add("stale");
    this.#line.textContent = "";
    this.#trouble.replaceChildren(problem(error, this.window, () => this.ask(), () => {
      this.window.reduce = "stride";
      this.#arrange();
      this.#changed();
    }));
  }

  /** What is under the pointer. */
  #read(places) {
    const found = places && this.scene.at(places);
    this.#readout.textContent = !found ? "" : `${this.window.axes.map((axis, place) => `axis ${axis}: ${found.index[place]}`).join(", ")}`
      + ` → ${found.values.map((value) => typeof value === "number" ? Number(value.toPrecision(6)) : value).join(", ")}`;
  }
}

/**
 * @param units of the values, or nothing
 * @param {(window: Window) => void} moved called when something else is seen
 */
export function picture(path, array, units, signal, moved) {
  if (array.shape.includes(0)) return element("p", {}, "There are no values to draw.");
  if (array.shape.length === 0) return scalar(path, array, units, signal, moved);
  return new Picture(path, array, units, signal, moved).node;
}
