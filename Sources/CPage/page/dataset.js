import { description } from "./api.js";
import { trail } from "./browse.js";
import { breakable, bytes, element, encoded, moment, number, table } from "./dom.js";
import { heldHere } from "./held.js";
import { written } from "./json.js";
import { latest } from "./latest.js";
import { changed, recovery } from "./live.js";
import { picture } from "./picture.js";
import { preview } from "./preview.js";
import { takeAway } from "./takeaway.js";

/** Characters that are shown of an attribute, and of a type. */
const longest = 20_000, longestType = 1000;

const start = (text, most) => text.length > most ? `${text.slice(0, most)} … (${number(text.length)} characters)` : text;

/** How many times smaller something has become. */
const ratio = (value) => `${value < 100 ? value.toPrecision(3) : number(Math.round(value))} : 1`;

function facts(info) {
  const rows = [
    ["kind", info.kind], ["size", bytes(info.size)], ["modified", moment(info.modified)], ["version", info.version],
  ];
  if (info.mediaType && !info.array) rows.splice(1, 0, ["media type", info.mediaType]);
  if (info.array) {
    const sizes = ["shape", "chunks", "blocks"].map((name) => [name, info.array[name].join(" × ")]);
    rows.push(["type", start(info.array.dtype, longestType)], ...(info.array.shape.length ? sizes : [["shape", "a single item"]]));
  }
  if (info.frame) {
    const { nbytes, cbytes } = info.frame;
    rows.push(["uncompressed", bytes(nbytes) + (cbytes ? ` (${ratio(nbytes / cbytes)})` : "")]);
  }
  return element("div", { class: "facts" }, table(["property", "value"], rows));
}

function attributes(info) {
  const entries = Object.entries(info.attributes ?? {});
  if (!entries.length) return [];
  const text = (value) => typeof value === "string" ? value : written(value);
  return [element("h2", {}, "Attributes"), table(["name", "value"], entries.map(([name, value]) => [name, start(text(value), longest)]))];
}

/** What the values are measured in, by the attribute that is usual for it. */
function units(info) {
  const said = info.attributes?.units;
  return typeof said === "string" && said.length <= 40 ? said : null;
}

/**
 * Tells in `notice` when the dataset is no more what is shown of it.
 * @returns {(now: object?) => void} takes in what the dataset is; `null` when it has been removed
 */
function comparison(info, notice, go) {
  return (now) => {
    if (now?.version !== info.version) {
      const text = now ? "There is a newer version. " : "This dataset has been removed. ";
      const again = element("button", { click: () => go(location.href) }, "Show it");
      notice.replaceChildren(element("p", { class: "notice" }, text, now ? again : null));
    } else if (notice.hasChildNodes()) {
      notice.replaceChildren();
      // What could not be had meanwhile can be again.
      recovery.dispatchEvent(new Event("mended"));
    }
  };
}

export async function dataset(context, path) {
  const { main, live, signal, go } = context;
  const ask = (ending) => description(encoded(path), { signal: ending });
  const info = await ask(signal);
  signal.throwIfAborted();
  document.title = `${path} – bpubsub`;
  const notice = element("div", { "aria-live": "polite" }), tell = comparison(info, notice, go);
  const taken = takeAway(path, info.array);
  const shown = info.array ? picture(path, info.array, units(info), signal, taken.update) : preview(path, info, signal);
  main.replaceChildren(trail(path), element("h1", {}, ...breakable(path)), notice, heldHere(path, info, live, signal),
    ...(shown ? [element("h2", {}, info.array ? "Values" : "Contents"), shown] : []), element("h2", {}, "Description"), facts(info),
    ...attributes(info), element("h2", {}, "Take it away"), taken.node);
  let changes = 0;
  signal.addEventListener("abort", live.listen((name, data) => {
    if (name === "reset") check();
    if (name !== "change" || changed(data) !== path) return;
    changes += 1;
    tell(data.dataset);
  }));
  // It may have been removed while nothing was heard.
  const check = latest(signal, async (ending) => {
    const before = changes;
    const now = await ask(ending).catch((error) => {
      if (error.status === 404) return null;
      throw error;
    });
    // What was told meanwhile is newer than this answer.
    if (changes === before) tell(now);
  }, () => {});
}
