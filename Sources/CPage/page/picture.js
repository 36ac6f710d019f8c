import { view } from "./api.js";
import { colours, range } from "./colour.js";
import { element, encoded } from "./dom.js";
import { latest } from "./latest.js";
import { values } from "./values.js";
import { pairs, Window } from "./window.js";

const canvasPixels = [400, 600];

/** Points are squares unless the picture would be a mere strip; it never is higher than a screen. */
function size(canvas, width, height) {
  [canvas.width, canvas.height] = [width, height];
  const ratio = Math.min(Math.max(width / height, 0.4), 4);
  canvas.style.aspectRatio = String(ratio);
  canvas.style.maxWidth = `min(48rem, ${34 * ratio}rem)`;
}

/** Which field of a structure is drawn. */
function fieldChoice(window, changed) {
  if (!window.fields.length) return null;
  const choice = element("select", { "aria-label": "Field" }, ...window.fields.map((field) =>
    element("option", { value: field, selected: field === window.field }, field)));
  choice.addEventListener("change", () => { window.field = choice.value; changed(); });
  return choice;
}

/** Which two axes are shown; the sliders are then those of the others. */
function axesChoice(window, changed) {
  const choices = pairs(window.shape);
  if (choices.length < 2) return null;
  const choice = element("select", { "aria-label": "Axes shown" }, ...choices.map((pair, index) =>
    element("option", { value: index, selected: String(pair) === String(window.axes) }, `axes ${pair.join(" and ")}`)));
  choice.addEventListener("change", () => { window.show(choices[choice.value]); changed(); });
  return choice;
}

function paintImage(canvas, { shape, values }) {
  const [height, width] = shape;
  const [least, greatest] = range(values);
  const scale = greatest > least ? 255 / (greatest - least) : 0;
  size(canvas, width, height);
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
  size(canvas, width, height);
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

function sliders(window, changed) {
  return window.others.map((axis, place) => {
    const last = window.shape[axis] - 1, position = window.at[place];
    const shown = element("output", { class: "number" }, `${position} of ${last}`);
    const slider = element("input", {
      type: "range", min: 0, max: last, value: position, "aria-label": `Position on axis ${axis}`,
      input: () => {
        window.at[place] = Number(slider.value);
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

/** A picture of an array: two of its axes as an image, or its only one as a line. */
export function picture(path, array, signal, moved) {
  if (array.shape.length === 0 || array.shape.includes(0)) return element("p", {}, "There are no values to draw.");
  const window = new Window(array), isLine = window.seen.length === 1;
  const canvas = element("canvas", { tabindex: 0, role: "img", "aria-label": "The values as a picture" });
  const line = element("p", { class: "faint", role: "status" });
  const draw = latest(signal, async (ending) => {
    const pixels = isLine ? [900] : canvasPixels;
    const answer = await view(encoded(path), {
      slice_: window.slice, pixels: pixels.join(","), reduce: window.reduce,
      ...(window.field === undefined ? {} : { field: window.field }),
    }, ending);
    if (typeof answer.values[0] === "string") throw new Error("Texts are not drawn: they are in the table below.");
    const scale = (isLine ? paintLine : paintImage)(canvas, answer);
    const factors = answer.reduction.split("factors=")[1] ?? "1";
    const what = /^1(,1)*$/.test(factors) ? "every value" : `${window.reduce} of ${factors.replace(",", " × ")} values a point`;
    line.textContent = `[${window.slice}]: ${scale}; ${what}`;
  }, (error) => { line.textContent = error.message; });
  const listing = values(path, window, signal);
  const changed = () => { window.remember(); moved(window.slice); draw(); listing.update(); };
  listen(canvas, window, changed);
  moved(window.slice);
  draw();
  const slid = element("div", {}, ...sliders(window, changed));
  const choice = axesChoice(window, () => { slid.replaceChildren(...sliders(window, changed)); changed(); });
  const tools = buttons(window, changed);
  tools.append(...[choice, fieldChoice(window, changed)].filter(Boolean));
  return element("div", {}, slid, canvas, line, tools, listing.node);
}
