import { element } from "./dom.js";
import { complexParts } from "./npy.js";
import { hasMean } from "./types.js";

/** A choice of one of `[value, text]`. */
function choice(label, options, chosen, act) {
  const node = element("select", { "aria-label": label }, ...options.map(([value, text]) =>
    element("option", { value, selected: value === chosen }, text)));
  node.addEventListener("change", () => act(node.value));
  return element("label", {}, element("span", {}, label), node);
}

const reductions = [["stride", "every so many"], ["mean", "mean"], ["min", "minimum"], ["max", "maximum"]];
const both = ["range", "minimum and maximum"];
const reductionLabel = "What a point shows";

/** What a point shows may follow from how much is seen. */
export function showReduction(node, window) {
  const select = node.querySelector(`select[aria-label="${reductionLabel}"]`);
  if (select) select.value = window.reduce;
}

/**
 * How the values are shown, as far as there is a choice.
 * @param acts `changed`, `arranged` when there is something else to choose, `painted` when the same values are drawn otherwise
 */
export function choices(window, { changed, arranged, painted }) {
  const pairs = window.pairs, list = [];
  if (window.fields.length) {
    list.push(choice("Field", window.fields.map((field) => [field, field]), window.field, (field) => {
      window.field = field;
      arranged();
    }));
  }
  if (window.canBeColours) {
    list.push(choice("Show as", [["colours", window.shape.at(-1) === 3 ? "RGB" : "RGBA"], ["values", "values"]],
      window.colours ? "colours" : "values", (value) => { window.showColours(value === "colours"); arranged(); }));
  }
  if (window.drawnType?.kind === "c") {
    list.push(choice("Of complex numbers", Object.keys(complexParts).map((part) => [part, part]), window.part, (part) => {
      window.part = part;
      painted();
    }));
  }
  if (pairs.length > 1) {
    list.push(choice("Axes shown", pairs.map((pair) => [String(pair), `axes ${pair.join(" and ")}`]), String(window.axes),
      (value) => { window.show(pairs.find((pair) => String(pair) === value)); arranged(); }));
  }
  if (hasMean(window.drawnType)) {
    list.push(choice(reductionLabel, window.isLine ? [both, ...reductions] : reductions, window.reduce,
      (name) => { window.reduce = name; changed(); }));
  }
  return list;
}

/** A slider for each axis that is not shown. */
export function sliders(window, changed) {
  return window.others.map((axis, place) => {
    const last = window.shape[axis] - 1, position = window.at[place];
    const shown = element("output", { class: "number" }, `${position} of ${last}`);
    const slider = element("input", {
      type: "range", min: 0, max: last, value: position, "aria-label": `Position on axis ${axis}`,
      input: () => {
        window.at[place] = Number(slider.value);
        shown.textContent = `${slider.value} of ${last}`;
        changed(true);
      },
      change: () => changed(),
    });
    return element("div", { class: "row" }, `axis ${axis}`, slider, shown);
  });
}

export function zoomButtons(window, changed) {
  const middle = () => window.seen.map(() => 0.5);
  const act = (text, change) => element("button", { click: () => { change(); changed(); } }, text);
  return [act("Zoom in", () => window.scale(0.5, middle())), act("Zoom out", () => window.scale(2, middle())),
    act("All of it", () => window.reset())];
}

/** The picture as a file, as it is on the screen. */
export function saveButton(canvas, name) {
  const save = () => canvas.toBlob((bytes) => {
    const url = URL.createObjectURL(bytes);
    element("a", { href: url, download: `${name}.png` }).click();
    // The browser has taken it by then.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
  return element("button", { click: save }, "Save as PNG");
}
