import { gradient, mapNames } from "./colour.js";
import { element } from "./dom.js";
import { time } from "./times.js";
import { limit } from "./window.js";

/** As many digits as tell the ends of the scale apart, and some more. */
function shown(value, span) {
  const digits = Math.min(20, Math.max(0, 3 - Math.floor(Math.log10(span || 1))));
  return Math.abs(value) >= 1e7 ? value.toPrecision(5) : String(Number(value.toFixed(digits)));
}

/** A date with as much of its time as there is room for. */
const toSeconds = (count, type) => time(BigInt(Math.round(count)), type).slice(0, 19).replace("T", " ");

/** Which colour, or height, is which value; the limits can be typed, and are else those of the values. */
export class Legend {
  #window;
  #bar = element("div", { class: "bar" });
  #ends = element("div", { class: "ends" }, element("span", {}), element("span", {}), element("span", {}));
  #inputs;
  #limits;
  #map;
  #automatic;

  /** @param {() => void} changed what is drawn is to be drawn anew, of the same values */
  constructor(window, changed) {
    this.#window = window;
    this.#inputs = ["Lower limit", "Upper limit"].map((label, place) => element("input", {
      type: "number", step: "any", "aria-label": label,
      change: (event) => { window.limits[place] = limit(event.target.value); changed(); },
    }));
    this.#map = element("select", { "aria-label": "Colours", change: (event) => { window.map = event.target.value; changed(); } },
      ...mapNames.map((name) => element("option", { value: name }, name)));
    this.#automatic = element("button", { click: () => { window.limits = [null, null]; changed(); } }, "Automatic");
    this.#limits = element("div", { class: "limits", role: "group", "aria-label": "Limits" },
      element("span", {}, "Limits"), this.#inputs[0], "to", this.#inputs[1], this.#automatic);
    this.node = element("div", { class: "legend" }, this.#bar, this.#ends,
      element("label", {}, element("span", {}, "Colours"), this.#map),
      this.#limits);
    // Before there are values there is nothing to say.
    this.node.hidden = true;
  }

  show({ found, used: [low, high] }) {
    const { colours, drawnType, map, limits, seen } = this.#window, hasMap = seen.length > 1 && !colours;
    const isDates = drawnType.kind === "M", text = (value) => isDates ? toSeconds(value, drawnType) : shown(value, high - low);
    // Without a number there is nothing to scale; limits are numbers, and dates are none.
    this.node.hidden = !found && limits.every((limit) => limit === null);
    this.#limits.hidden = isDates;
    this.#automatic.hidden = limits.every((limit) => limit === null);
    this.#bar.hidden = this.#ends.hidden = this.#map.parentNode.hidden = !hasMap;
    this.#map.value = map;
    this.#bar.style.background = gradient(map);
    [low, (low + high) / 2, high].forEach((value, place) => { this.#ends.children[place].textContent = text(value); });
    this.#ends.children[1].hidden = isDates;
    this.#inputs.forEach((input, place) => {
      input.placeholder = shown([low, high][place], high - low);
      if (input !== document.activeElement || limits[place] === null) input.value = limits[place] ?? "";
    });
  }
}
