import { view } from "./api.js";
import { colours, range } from "./colour.js";
import { element, encoded } from "./dom.js";

const canvasPixels = [400, 600];

/** What is seen: a position on every axis before the last two, and a part of those. It is the address's query. */
class Window {
  constructor(shape) {
    this.shape = shape;
    this.seen = shape.slice(-2);
    this.reset();
    const query = new URLSearchParams(location.search);
    const at = (query.get("at") ?? "").split(",").map(Number);
    this.at = shape.slice(0, -2).map((size, axis) => Math.min(Math.max(0, at[axis] || 0), size - 1));
    const zoom = (query.get("zoom") ?? "").split(",").map((part) => part.split(":").map(Number));
    if (zoom.length === this.seen.length) zoom.forEach(([from, to], axis) => this.set(axis, from, to));
    this.reduce = ["stride", "mean", "min", "max"].find((name) => name === query.get("reduce")) ?? "stride";
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

  get slice() { return [...this.at, ...this.zoom.map(([from, to]) => `${from}:${to}`)].join(","); }

  remember() {
    const query = new URLSearchParams({ reduce: this.reduce, zoom: this.zoom.map((part) => part.join(":")).join(",") });
    if (this.at.length) query.set("at", this.at.join(","));
    history.replaceState(null, "", `${location.pathname}?${query}`);
  }
}

function paintImage(canvas, { shape, values }) {
  const [height, width] = shape;
  const [least, greatest] = range(values);
  const scale = greatest > least ? 255 / (greatest - least) : 0;
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place];
    if (Number.isNaN(value)) continue;
    const colour = 3 * Math.round(Math.min(Math.max((value - least) * scale, 0), 255));
    image.data.set(colours.subarray(colour, colour + 3), 4 * place);
    image.data[4 * place + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return `${least.toPrecision(5)} (dark) to ${greatest.toPrecision(5)} (bright)`;
}

function paintLine(canvas, { values }) {
  const [height, width] = [300, 900];
  const [least, greatest] = range(values);
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  context.strokeStyle = getComputedStyle(canvas).getPropertyValue("--accent");
  context.lineWidth = 2;
  context.beginPath();
  let isDrawing = false;
  values.forEach((value, place) => {
    if (!Number.isFinite(value)) { isDrawing = false; return; }
    const x = (place + 0.5) * width / values.length;
    const y = 4 + (height - 8) * (greatest > least ? (greatest - value) / (greatest - least) : 0.5);
    if (isDrawing) context.lineTo(x, y); else context.moveTo(x, y);
    isDrawing = true;
  });
  context.stroke();
  return `${least.toPrecision(5)} to ${greatest.toPrecision(5)}`;
}

/** Calls `load` with a signal, one at a time: what is asked for meanwhile replaces what was asked before. */
function latest(signal, load) {
  let running = false, isWaiting = false, ending = new AbortController();
  signal.addEventListener("abort", () => ending.abort());
  return async function again() {
    if (signal.aborted) return;
    if (running) { isWaiting = true; return; }
    running = true;
    ending = new AbortController();
    await load(ending.signal);
    running = false;
    if (isWaiting) { isWaiting = false; again(); }
  };
}

function sliders(window, changed) {
  return window.at.map((position, axis) => {
    const last = window.shape[axis] - 1;
    const shown = element("output", { class: "number" }, `${position} of ${last}`);
    const slider = element("input", {
      type: "range", min: 0, max: last, value: position, "aria-label": `Position on axis ${axis}`,
      input: () => {
        window.at[axis] = Number(slider.value);
        shown.textContent = `${slider.value} of ${last}`;
        changed();
      },
    });
    return element("div", { class: "row" }, `axis ${axis}`, slider, shown);
  });
}

function buttons(window, changed) {
  const middle = window.seen.map(() => 0.5);
  const act = (text, change) => element("button", { click: () => { change(); changed(); } }, text);
  const names = { stride: "every so many", mean: "mean", min: "minimum", max: "maximum" };
  const choice = element("select", { "aria-label": "What a point shows" },
    ...Object.entries(names).map(([name, text]) =>
      element("option", { value: name, selected: name === window.reduce }, text)));
  choice.addEventListener("change", () => { window.reduce = choice.value; changed(); });
  return element("div", { class: "row" }, act("Zoom in", () => window.scale(0.5, middle)),
    act("Zoom out", () => window.scale(2, middle)), act("All of it", () => window.reset()), choice);
}

function listen(canvas, window, changed) {
  const steps = { ArrowUp: [-0.25, 0], ArrowDown: [0.25, 0], ArrowLeft: [0, -0.25], ArrowRight: [0, 0.25] };
  canvas.addEventListener("keydown", (event) => {
    if (steps[event.key]) window.move(steps[event.key].slice(-window.seen.length));
    else if (event.key === "+" || event.key === "-") window.scale(event.key === "+" ? 0.5 : 2, window.seen.map(() => 0.5));
    else return;
    event.preventDefault();
    changed();
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    const places = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    window.scale(event.deltaY < 0 ? 0.8 : 1.25, places.slice(-window.seen.length));
    changed();
  }, { passive: false });
}

/** A picture of an array: its last two axes as an image, or its only one as a line. */
export function picture(path, array, signal, moved) {
  if (array.shape.length === 0 || array.shape.includes(0)) return element("p", {}, "There are no values to draw.");
  const window = new Window(array.shape), isLine = window.seen.length === 1;
  const canvas = element("canvas", { tabindex: 0, role: "img", "aria-label": "The values as a picture" });
  const line = element("p", { class: "faint", role: "status" });
  const draw = latest(signal, async (ending) => {
    const pixels = isLine ? [900] : canvasPixels;
    try {
      const answer = await view(encoded(path), {
        slice_: window.slice, pixels: pixels.join(","), reduce: window.reduce,
      }, ending);
      const scale = (isLine ? paintLine : paintImage)(canvas, answer);
      const factors = answer.reduction.split("factors=")[1] ?? "1";
      const what = /^1(,1)*$/.test(factors) ? "every value" : `${window.reduce} of ${factors.replace(",", " × ")} values a point`;
      line.textContent = `[${window.slice}]: ${scale}; ${what}`;
    } catch (error) {
      if (error.name !== "AbortError") line.textContent = error.message;
    }
  });
  const changed = () => { window.remember(); moved(window.slice); draw(); };
  listen(canvas, window, changed);
  moved(window.slice);
  draw();
  return element("div", {}, ...sliders(window, changed), canvas, line, buttons(window, changed));
}
