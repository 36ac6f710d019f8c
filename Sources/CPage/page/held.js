import { get, post } from "./api.js";
import { ChunkMap } from "./chunkmap.js";
import { bytes, element, encoded, number } from "./dom.js";
import { followButtons } from "./follow.js";
import { latest } from "./latest.js";
import { own } from "./root.js";

function total(runs) {
  return runs.reduce((sum, [, count]) => sum + count, 0);
}

/** What the map shows, in words. */
function summary(held) {
  const [whole, partial, fetching] = [held.whole, held.partial, held.fetching].map(total);
  if (held.chunks === 0) return "there are no chunks";
  if (whole === held.chunks) return held.chunks === 1 ? "its only chunk is held" : `all ${number(held.chunks)} chunks are held`;
  const parts = [`${held.exact ? "" : "about "}${number(whole)} of ${number(held.chunks)} ${held.chunks === 1 ? "chunk" : "chunks"} held`];
  if (partial) parts.push(`${number(partial)} in part`);
  if (fetching) parts.push(`${number(fetching)} being fetched`);
  return parts.join(", ");
}

/** Names a chunk by what it has of the array, or by its number. */
function namer(array, grid) {
  return (first, count) => {
    if (count > 1) return `${number(count)} chunks, the first of them chunk ${number(first)}`;
    if (!array || !grid) return `chunk ${number(first)}`;
    const place = grid.map(() => 0);
    for (let axis = grid.length - 1, rest = first; axis >= 0; axis -= 1) {
      place[axis] = rest % grid[axis];
      rest = Math.floor(rest / grid[axis]);
    }
    const parts = place.map((at, axis) =>
      `${at * array.chunks[axis]}:${Math.min((at + 1) * array.chunks[axis], array.shape[axis])}`);
    return `chunk ${number(first)} [${parts.join(", ")}]`;
  };
}

function legend() {
  const kinds = { whole: "held", part: "held in part", coming: "being fetched", missing: "not held" };
  return element("ul", { class: "kinds", "aria-label": "What the cells mean" }, ...Object.entries(kinds).map(([kind, text]) =>
    element("li", {}, element("span", { class: `swatch ${kind}` }), text)));
}

/** The ways by which more is held. */
function actions(path, tell) {
  const fetchAll = async () => {
    try { await post("/api/download", [path]); } catch (error) { tell(error.message); }
  };
  return [element("button", { click: fetchAll }, "Fetch all of it"),
    element("a", { href: own(`/api/download/${encoded(path)}`), download: path.split("/").at(-1) }, "Save the file")];
}

/** How much of a dataset is held here, which of its chunks, and what to do about it. */
export function heldHere(path, info, live, signal) {
  const bar = element("progress", { class: "held", max: Math.max(info.size, 1), value: 0, "aria-label": "held here" });
  const line = element("span"), words = element("span", { class: "faint" });
  const problem = element("p", { class: "faint", role: "status" });
  let grid;
  const map = new ChunkMap((first, count) => namer(info.array, grid)(first, count), signal);
  const refresh = latest(signal, async (ending) => {
    const held = await get(`/api/held/${encoded(path)}`, { signal: ending });
    ending.throwIfAborted();
    grid = held.grid;
    [bar.max, bar.value] = [Math.max(held.size, 1), held.held];
    line.textContent = `${bytes(held.held)} of ${bytes(held.size)} held here`;
    words.textContent = summary(held);
    map.show(held, summary(held));
  }, (error) => { words.textContent = error.message; });
  signal.addEventListener("abort", live.listen((name, data) => {
    if (name === "reset" || (name === "held" && data.path === path)) refresh();
    if (name === "progress" && data.path === path) problem.textContent = data.error ?? "";
  }));
  refresh();
  return element("section", { class: "here", "aria-label": "What is held here" }, map.node,
    element("div", { class: "figures" }, element("div", { class: "row" }, bar, line), words, legend(),
      element("div", { class: "row" }, followButtons(path, live, signal), ...actions(path, (text) => { problem.textContent = text; })),
      problem));
}
