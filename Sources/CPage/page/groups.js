import { get } from "./api.js";
import { element, encoded, link, number, refill, table } from "./dom.js";
import { latest, repeated, throttled } from "./latest.js";
import { own } from "./root.js";
import { ago, publisherState } from "./status.js";

/** Why there are none. */
async function nothing(signal) {
  const ready = await fetch(own("/ready"), { signal });
  if (!ready.ok) return element("p", { class: "notice" }, `There is nothing to show yet: ${(await ready.json()).status}.`);
  return element("p", {}, "Nothing is published yet: ", element("code", {}, "bpubsub-publisher NAME FOLDER"), ".");
}

/** What is published, and by whom. */
export async function groups({ main, live, signal }) {
  document.title = "Groups – bpubsub";
  const node = element("div");
  const load = async (ending) => {
    const answer = await get("/api/tree", { signal: ending });
    const list = answer.groups.length
      ? element("div", { class: "listing" }, table(["group", "publisher", "last heard of", "datasets", "state"], answer.groups.map((row) =>
        [link(row.group.name, `/browse/${encoded(row.group.name)}`), publisherState(row.group), ago(row.lag),
          element("span", { class: "number" }, number(row.datasets)), row.followed ? "followed" : ""])))
      : await nothing(ending);
    ending.throwIfAborted();
    refill(node, element("h1", {}, "Groups"), list);
  };
  await load(signal);
  main.replaceChildren(node);
  const again = throttled(signal, 500, latest(signal, load, () => {}));
  signal.addEventListener("abort", live.listen((name) => { if (name !== "progress" && name !== "held") again(); }));
  repeated(signal, 5000, again);
}
