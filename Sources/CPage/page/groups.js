import { get } from "./api.js";
import { element, encoded, link, refill, table } from "./dom.js";
import { throttled } from "./latest.js";
import { ago, publisherState } from "./status.js";

/** What is published, and by whom. */
export async function groups({ main, live, signal }) {
  document.title = "Groups – bpubsub";
  const fill = async () => {
    const answer = await get("/api/tree", { signal });
    signal.throwIfAborted();
    refill(main, element("h1", {}, "Groups"), answer.groups.length
      ? table(["group", "publisher", "last heard of", "datasets"], answer.groups.map((row) =>
        [link(row.group.name, `/browse/${encoded(row.group.name)}`), publisherState(row.group), ago(row.lag), row.datasets]))
      : element("p", {}, "Nothing is published yet: ", element("code", {}, "bpubsub-publisher NAME FOLDER"), "."));
  };
  await fill();
  const again = throttled(signal, 500, () => fill().catch(() => {}));
  signal.addEventListener("abort", live.listen((name) => { if (name !== "progress" && name !== "held") again(); }));
  const timer = setInterval(again, 5000);
  signal.addEventListener("abort", () => clearInterval(timer));
}
