import { get } from "./api.js";
import { breakable, bytes, element, encoded, link, moment, refill, table } from "./dom.js";
import { followButtons } from "./follow.js";
import { amend } from "./entries.js";
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
    link(name, `/datasets/${encoded(dataset.path)}`), array ? typeOf(array) : dataset.kind === "file" ? dataset.mediaType ?? "file" : dataset.kind,
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
  #place = location.pathname;
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
    this.fill = latest(signal, (ending) => this.#fill(ending), (error) => this.#fail(error), () => this.#question);
    const soon = settled(signal, 150, this.fill);
    this.filter.addEventListener("input", () => { this.#move(0); soon(); });
    this.node = element("div", {}, element("div", { class: "row" }, this.filter, this.#count), this.#rows, this.#turning);
  }

  /** The first page; throws when there is none. */
  open() { return this.#fill(this.signal); }

  get #question() { return String(new URLSearchParams({ offset: this.offset, limit: pageSize, filter: this.filter.value })); }

  async #fill(ending) {
    const asked = this.#question;
    const answer = await get(`/api/tree/${encoded(this.path)}?${asked}`, { signal: ending });
    // Another is on its way.
    if (asked !== this.#question) return;
    const shown = answer.folders.length + answer.datasets.length;
    if (!shown && this.offset > 0) {
      // There are fewer than there were.
      this.#move(Math.max(0, Math.ceil(answer.entries / pageSize) - 1) * pageSize);
      return this.#fill(ending);
    }
    this.#count.textContent = answer.entries
      ? `${(this.offset + 1).toLocaleString()} to ${(this.offset + shown).toLocaleString()} of ${answer.entries.toLocaleString()}` : "nothing here";
    refill(this.#rows, table(["name", "what", "size", "modified", "held here", "state"],
      [...answer.folders.map(folderRow), ...answer.datasets.map((row) => datasetRow(row, this.path))]));
    this.#turn(answer.entries);
  }

  /** Of a folder that has gone nothing is left. */
  #fail(error) {
    this.#count.textContent = error.message;
    if (error.status === 404) refill(this.#rows);
  }

  #turn(entries) {
    this.last = Math.max(0, Math.ceil(entries / pageSize) - 1) * pageSize;
    const button = (text, enabled, place) => element("button", {
      disabled: !enabled,
      click: () => { this.#move(place()); this.fill().then(() => this.#rows.scrollIntoView({ block: "nearest" })); },
    }, text);
    const isFirst = this.offset === 0, isLast = this.offset >= this.last;
    this.#turning.hidden = isFirst && isLast;
    refill(this.#turning, button("First", !isFirst, () => 0), button("Previous", !isFirst, () => Math.max(0, this.offset - pageSize)),
      button("Next", !isLast, () => this.offset + pageSize), button("Last", !isLast, () => this.last));
  }

  #move(offset) {
    this.offset = offset;
    const query = new URLSearchParams();
    if (this.filter.value) query.set("filter", this.filter.value);
    if (offset) query.set("offset", offset);
    amend(`${this.#place}${query.size ? `?${query}` : ""}`, this.signal);
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
