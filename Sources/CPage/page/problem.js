import { element } from "./dom.js";

/** What is wrong, in words of what is looked at, and what can be done about it. */
function words(error, window) {
  if (error.status === 503) {
    return ["This part is not held here, and its publisher cannot be reached.", "What is held can be seen; the rest when the publisher is back."];
  }
  if (error.status === 400 && /are behind a point|would be made of more than/.test(error.message)) {
    return ["This is too much for one picture.",
      `Zoom in, or show every so many values instead of their ${window.reduce}.`];
  }
  return ["This cannot be drawn.", ""];
}

/** @param {() => void} again asks once more */
export function problem(error, window, again, byStride) {
  const [what, advice] = words(error, window);
  const canStride = error.status === 400 && window.reduce !== "stride";
  return element("div", { class: "notice problem" }, element("p", {}, element("strong", {}, what), " ", advice),
    element("p", { class: "faint" }, error.message),
    element("div", { class: "row" }, canStride ? element("button", { click: byStride }, "Show every so many") : null,
      !(error.status < 500) ? element("button", { click: again }, "Try again") : null));
}
