import { get } from "./api.js";
import { element, encoded, link, number, refill, table } from "./dom.js";
import { throttled } from "./latest.js";
import { ago, publisherState } from "./status.js";

/** Why there are none. */
async function nothing(signal) {
  const ready = await fetch("/ready", { signal });
  if (!ready.ok) return element("p", { class: "notice" }, `There is nothing to show yet: ${(await ready.json()).status}.`);
  return element("p", {}, "Nothing is published yet: ", element("code", {}, "bpubsub-publisher NAME FOLDER"), ".");
}

/** What is published, and by whom. */
export async function groups({ main, live, signal }) {
  document.title = "Groups – bpubsub";
  const fill = async () => {
    const answer = await get("/api/tree", { signal });
    const list = answer.groups.length
      ? element("div", { class: "listing" }, table(["group", "publisher", "last heard of", "datasets", "state"], answer.groups.map((row) =>
        [link(row.group.name, `/browse/${encoded(row.group.name)}`), publisherState(row.group), ago(row.lag), element("span", { class: "number" }, number(row.datasets)), row.followed ? "followed" : ""])))
      : await nothing(signal);
    signal.throwIfAborted();
    refill(main, element("h1", {}, "Groups"), list);
  };
  await fill();
  const again = throttled(signal, 500, () => fill().catch(() => {}));
  signal.addEventListener("abort", live.listen((name) => { if (name !== "progress" && name !== "held") again(); }));
  const timer = setInterval(again, 5000);
  signal.addEventListener("abort", () => clearInterval(timer));
}
