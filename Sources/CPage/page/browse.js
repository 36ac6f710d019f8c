import { get } from "./api.js";
import { bytes, element, encoded, link, moment, refill, table } from "./dom.js";
import { changed } from "./live.js";
import { fieldsOf } from "./window.js";

const pageSize = 100;

/** Does `act` at most every half second, however often it is called, until the view is left. */
function throttled(signal, act) {
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => { timer ||= setTimeout(() => { timer = 0; act(); }, 500); };
}

export async function groups({ main, live, signal }) {
  document.title = "Groups – bpubsub";
  const fill = async () => {
    const answer = await get("/api/tree", { signal });
    signal.throwIfAborted();
    const state = ({ group }) => group.online ? "online" : `offline since ${moment(group.since)}`;
    refill(main, element("h1", {}, "Groups"), answer.groups.length
      ? table(["group", "publisher", "datasets"], answer.groups.map((row) =>
        [link(row.group.name, `/browse/${encoded(row.group.name)}`), state(row), row.datasets]))
      : element("p", {}, "Nothing is published yet: ", element("code", {}, "bpubsub-publisher NAME FOLDER"), "."));
  };
  await fill();
  const again = throttled(signal, () => fill().catch(() => {}));
  signal.addEventListener("abort", live.listen((name) => { if (name !== "progress") again(); }));
}

/** Each folder above, as links. */
export function trail(path) {
  const parts = path.split("/");
  return element("nav", { "aria-label": "Folders" }, link("groups", "/"), ...parts.slice(0, -1).flatMap((part, index) =>
    [" / ", link(part, `/browse/${encoded(parts.slice(0, index + 1).join("/"))}`)]));
}

/** A structure's type is named by its fields. */
function typeOf({ shape, dtype }) {
  const fields = fieldsOf(dtype);
  return `${shape.join(" × ")} ${fields.length ? `of ${fields.join(", ")}` : dtype}`;
}

function datasetRow({ dataset, held, followed }, folder) {
  const name = dataset.path.slice(folder.length + 1);
  const array = dataset.array;
  return [
    link(name, `/datasets/${encoded(dataset.path)}`), array ? typeOf(array) : dataset.kind,
    element("span", { class: "number" }, bytes(dataset.size)), moment(dataset.modified),
    element("progress", {
      class: "held", max: Math.max(dataset.size, 1), value: held,
      "aria-label": `${bytes(held)} of ${bytes(dataset.size)} held`, title: `${bytes(held)} held`,
    }), followed ? "followed" : "",
  ];
}

export async function browse({ main, live, signal }, path) {
  document.title = `${path} – bpubsub`;
  const address = new URLSearchParams(location.search);
  let offset = Number(address.get("offset")) || 0;
  const filter = element("input", {
    type: "search", placeholder: "filter", "aria-label": `Filter the datasets below ${path}`, value: address.get("filter") ?? "",
  });
  const list = element("div", { class: "listing", "aria-live": "polite" });
  const fill = async () => {
    const query = new URLSearchParams({ offset, limit: pageSize, filter: filter.value });
    const asked = filter.value;
    const answer = await get(`/api/tree/${encoded(path)}?${query}`, { signal });
    signal.throwIfAborted();
    if (asked !== filter.value) return;
    const rows = answer.folders.map((folder) =>
      [link(`${folder.name}/`, `/browse/${encoded(folder.path)}`), `${folder.datasets} ${folder.datasets === 1 ? "dataset" : "datasets"}`, "", "", "", ""]);
    const turn = (text, to, enabled) => element("button", {
      disabled: !enabled, click: () => { offset = to; remember(); fill(); },
    }, text);
    refill(list,
      table(["name", "what", "size", "modified", "held here", ""],
        [...(offset ? [] : rows), ...answer.datasets.map((row) => datasetRow(row, path))]),
      element("div", { class: "row" }, turn("Previous", Math.max(0, offset - pageSize), offset > 0),
        element("span", { class: "faint" },
          answer.total ? `${offset + 1} to ${Math.min(offset + pageSize, answer.total)} of ${answer.total}` : "no datasets here"),
        turn("Next", offset + pageSize, offset + pageSize < answer.total)));
  };
  const remember = () => {
    const query = new URLSearchParams();
    if (filter.value) query.set("filter", filter.value);
    if (offset) query.set("offset", offset);
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  };
  filter.addEventListener("input", () => { offset = 0; remember(); fill().catch(() => {}); });
  await fill();
  main.replaceChildren(trail(path), element("h1", {}, path), element("div", { class: "row" }, filter), list);
  const again = throttled(signal, () => fill().catch(() => {}));
  signal.addEventListener("abort", live.listen((name, data) => {
    if (name === "reset" || changed(data).startsWith(`${path}/`)) again();
  }));
}
