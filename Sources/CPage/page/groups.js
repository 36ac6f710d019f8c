import { get } from "./api.js";
import { element, encoded, link, moment, refill, table } from "./dom.js";
import { throttled } from "./latest.js";

const state = ({ group }) => group.online ? "online" : `offline since ${moment(group.since)}`;

/** What is published, and by whom. */
export async function groups({ main, live, signal }) {
  document.title = "Groups – bpubsub";
  const fill = async () => {
    const answer = await get("/api/tree", { signal });
    signal.throwIfAborted();
    refill(main, element("h1", {}, "Groups"), answer.groups.length
      ? table(["group", "publisher", "datasets"], answer.groups.map((row) =>
        [link(row.group.name, `/browse/${encoded(row.group.name)}`), state(row), row.datasets]))
      : element("p", {}, "Nothing is published yet: ", element("code", {}, "bpubsub-publisher NAME FOLDER"), "."));
  };
  await fill();
  const again = throttled(signal, 500, () => fill().catch(() => {}));
  signal.addEventListener("abort", live.listen((name) => { if (name !== "progress") again(); }));
}
