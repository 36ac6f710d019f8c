import { get } from "./api.js";
import { breakable, bytes, element, encoded, link, moment, refill, table } from "./dom.js";
import { followButtons } from "./follow.js";
import { latest, settled, throttled } from "./latest.js";
import { changed } from "./live.js";
import { fieldsOf } from "./types.js";

const pageSize = 100;
/** Fields of a structure that a row names. */
const mostNames = 12;

/** Each folder above, as links. */
export function trail(path) {
  const parts = path.split("/");
  return element("nav", { "aria-label": "Folders" }, link("groups", "/"), ...parts.slice(0, -1).flatMap((part, index) =>
    [" / ", link(part, `/browse/${encoded(parts.slice(0, index + 1).join("/"))}`)]));
}

/** A structure's type is named by its fields. */
function typeOf({ shape, dtype }) {
  const fields = fieldsOf(dtype), names = fields.slice(0, mostNames).join(", ") + (fields.length > mostNames ? ", …" : "");
  return `${shape.join(" × ")} ${fields.length ? `of ${names}` : dtype}`;
}

function datasetRow({ dataset, held, followed }, folder) {
  const name = dataset.path.slice(folder.length + 1);
  const array = dataset.array;
  return [
    link(name, `/datasets/${encoded(dataset.path)}`), array ? typeOf(array) : dataset.mediaType ?? dataset.kind,
    element("span", { class: "number" }, bytes(dataset.size)), moment(dataset.modified),
    element("progress", {
      class: "held", max: Math.max(dataset.size, 1), value: held,
      "aria-label": `${bytes(held)} of ${bytes(dataset.size)} held`, title: `${bytes(held)} held`,
    }), followed ? "followed" : "",
  ];
}

const folderRow = ({ name, path, datasets }) =>
  [link(`${name}/`, `/browse/${encoded(path)}`), `${datasets.toLocaleString()} ${datasets === 1 ? "dataset" : "datasets"}`, "", "", "", ""];

/** A folder, a page at a time: whatever is in it, there are no more rows than a page has. */
class Listing {
  #count = element("p", { class: "faint", role: "status" });
  #rows = element("div", { class: "listing folder" });
  #turning = element("nav", { class: "row", "aria-label": "Pages" });

  constructor(path, signal) {
    this.path = path;
    this.signal = signal;
    const address = new URLSearchParams(location.search);
    this.offset = Math.max(0, Math.floor(Number(address.get("offset")))) || 0;
    this.filter = element("input", {
      type: "search", placeholder: "filter", "aria-label": `Filter the datasets below ${path}`, value: address.get("filter") ?? "",
    });
    this.fill = latest(signal, () => this.#fill(), (error) => { this.#count.textContent = error.message; });
    const soon = settled(signal, 150, this.fill);
    this.filter.addEventListener("input", () => { this.#move(0); soon(); });
    this.node = element("div", {}, element("div", { class: "row" }, this.filter, this.#count), this.#rows, this.#turning);
  }

  /** The first page; throws when there is none. */
  open() { return this.#fill(); }

  async #fill() {
    const asked = this.filter.value;
    const query = new URLSearchParams({ offset: this.offset, limit: pageSize, filter: asked });
    const answer = await get(`/api/tree/${encoded(this.path)}?${query}`, { signal: this.signal });
    // Another is on its way.
    if (asked !== this.filter.value) return;
    const shown = answer.folders.length + answer.datasets.length;
    if (!shown && this.offset > 0) {
      // There are fewer than there were.
      this.#move(Math.max(0, Math.ceil(answer.entries / pageSize) - 1) * pageSize);
      return this.#fill();
    }
    this.#count.textContent = answer.entries
      ? `${(this.offset + 1).toLocaleString()} to ${(this.offset + shown).toLocaleString()} of ${answer.entries.toLocaleString()}` : "nothing here";
    refill(this.#rows, table(["name", "what", "size", "modified", "held here", "state"],
      [...answer.folders.map(folderRow), ...answer.datasets.map((row) => datasetRow(row, this.path))]));
    this.#turn(answer.entries);
  }

  #turn(entries) {
    const last = Math.max(0, Math.ceil(entries / pageSize) - 1) * pageSize;
    const button = (text, to, enabled) => element("button", {
      disabled: !enabled, click: () => { this.#move(to); this.fill().then(() => this.#rows.scrollIntoView({ block: "nearest" })); },
    }, text);
    this.#turning.hidden = last === 0 && this.offset === 0;
    refill(this.#turning, button("First", 0, this.offset > 0), button("Previous", Math.max(0, this.offset - pageSize), this.offset > 0),
      button("Next", this.offset + pageSize, this.offset < last), button("Last", last, this.offset < last));
  }

  #move(offset) {
    this.offset = offset;
    const query = new URLSearchParams();
    if (this.filter.value) query.set("filter", this.filter.value);
    if (offset) query.set("offset", offset);
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  }
}

export async function browse({ main, live, signal }, path) {
  document.title = `${path} – bpubsub`;
  const listing = new Listing(path, signal);
  await listing.open();
  signal.throwIfAborted();
  main.replaceChildren(trail(path), element("div", { class: "row title" }, element("h1", {}, ...breakable(path)), followButtons(path, live, signal)), listing.node);
  const again = throttled(signal, 500, listing.fill);
  signal.addEventListener("abort", live.listen((name, data) => {
    if (name === "reset" || name === "followed" || changed(data).startsWith(`${path}/`)) again();
  }));
}
