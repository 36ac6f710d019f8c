import { view } from "./api.js";
import { choices, saveButton, sliders, zoomButtons } from "./controls.js";
import { element, encoded } from "./dom.js";
import { keys, pointers } from "./gestures.js";
import { latest, settled } from "./latest.js";
import { Legend } from "./legend.js";
import { problem } from "./problem.js";
import { Scene } from "./scene.js";
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
  /** The last question that has an answer. */
  #answered = null;

  constructor(path, array, units, signal, moved) {
    this.path = path;
    this.units = units ? ` ${units}` : "";
    this.moved = moved;
    this.window = new Window(array);
    this.scene = new Scene(this.#canvas, this.window);
    this.legend = new Legend(this.window, () => { this.#remember(); this.#paint(); });
    this.listing = values(path, this.window, signal);
    this.ask = latest(signal, () => this.#load(signal), (error) => this.#refused(error));
    this.settle = settled(signal, 200, () => this.#remember());
    this.#listen(signal);
    this.#arrange();
    moved(this.window);
  }

  get node() {
    const hint = element("p", { id: "hint", class: "faint hint" },
      "Drag to move; to zoom pinch, or turn the wheel with Ctrl or after a click; by keyboard arrows, + and −, 0 for all of it.");
    return element("div", { class: "view" },
      element("div", { class: "figure" }, this.#trouble, this.#sliders, this.#canvas, this.#line, this.#readout),
      element("div", { class: "panel" }, this.#choices, this.legend.node,
        element("div", { class: "row" }, ...zoomButtons(this.window, () => this.#changed()),
          saveButton(this.#canvas, this.path.split("/").at(-1))), hint),
      this.listing.node);
  }

  #listen(signal) {
    pointers(this.#canvas, this.window, (isMoving) => this.#changed(isMoving), (places) => this.#read(places));
    keys(this.#canvas, this.window, () => this.#changed());
    const sizes = new ResizeObserver(() => { this.scene.draw(); this.ask(); });
    sizes.observe(this.#canvas);
    signal.addEventListener("abort", () => sizes.disconnect());
    document.addEventListener("themechange", () => this.scene.draw(), { signal });
  }

  /** Other axes have other sliders, and another shape. */
  #arrange() {
    const { window } = this, changed = (isMoving) => this.#changed(isMoving);
    this.#sliders.replaceChildren(...sliders(window, changed));
    this.#choices.replaceChildren(...choices(window, changed, () => { this.#arrange(); this.#changed(); }));
    // Points are squares unless the picture would be a mere strip.
    const ratio = this.scene.isLine ? 2.5 : Math.min(Math.max(window.seen[1] / window.seen[0], 0.4), 4);
    this.#canvas.className = this.scene.isLine ? "plot" : "image";
    this.#canvas.style.aspectRatio = String(ratio);
    this.#canvas.style.maxWidth = `calc(${ratio} * min(36rem, 70vh))`;
  }

  /** @param {boolean} isMoving whether there is more to come: what costs more than a picture then waits */
  #changed(isMoving = false) {
    this.scene.draw();
    this.ask();
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

  async #load(signal) {
    const { window } = this, { slice, layer, arrangement } = window, zoom = window.zoom.map((part) => [...part]);
    if (!this.#canvas.clientWidth) return;
    const question = this.#question, asked = String(new URLSearchParams(question));
    if (asked === this.#answered) return;
    this.#canvas.setAttribute("aria-busy", "true");
    try {
      const answer = await view(encoded(this.path), question, signal);
      if (answer.shape.length > window.seen.length + (window.colours ? 1 : 0)) {
        throw new Error("Each item has several values: they are in the table below.");
      }
      if (typeof answer.values[0] === "string") throw new Error("Texts are not drawn: they are in the table below.");
      // Other axes or colours were chosen meanwhile, and have been asked for.
      if (arrangement !== window.arrangement) return;
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
    const { isLine, newest: { answer, slice } } = this.scene, [least, greatest] = painted.found;
    const range = isLine || this.window.colours ? `${least.toPrecision(5)} to ${greatest.toPrecision(5)}`
      : `${least.toPrecision(5)} (dark) to ${greatest.toPrecision(5)} (bright)`;
    const what = answer.factors.every((factor) => factor === 1) ? "every value"
      : `${answer.reduction.split(";")[0]} of ${answer.factors.slice(0, this.window.seen.length).join(" × ")} values a point`;
    this.#line.textContent = `[${slice}]: ${range}${this.units}; ${what}`;
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
      + ` → ${found.values.map((value) => Number.isInteger(value) ? value : Number(value.toPrecision(6))).join(", ")}`;
  }
}

/**
 * @param units of the values, or nothing
 * @param {(window: Window) => void} moved called when something else is seen
 */
export function picture(path, array, units, signal, moved) {
  if (array.shape.length === 0 || array.shape.includes(0)) return element("p", {}, "There are no values to draw.");
  return new Picture(path, array, units, signal, moved).node;
}
