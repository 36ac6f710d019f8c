import { get, post } from "./api.js";
import { trail } from "./browse.js";
import { bytes, element, encoded, moment, table } from "./dom.js";
import { changed } from "./live.js";
import { picture } from "./picture.js";
import { preview } from "./preview.js";
import { takeAway } from "./takeaway.js";

function facts(info) {
  const rows = [
    ["kind", info.kind], ["size", bytes(info.size)], ["modified", moment(info.modified)], ["version", info.version],
  ];
  if (info.array) {
    rows.push(["shape", info.array.shape.join(" × ")], ["type", info.array.dtype],
      ["chunks", info.array.chunks.join(" × ")], ["blocks", info.array.blocks.join(" × ")]);
  }
  if (info.frame) {
    const ratio = info.frame.cbytes ? ` (${(info.frame.nbytes / info.frame.cbytes).toPrecision(3)} : 1)` : "";
    rows.push(["uncompressed", bytes(info.frame.nbytes) + ratio]);
  }
  return table(["property", "value"], rows);
}

function attributes(info) {
  const entries = Object.entries(info.attributes ?? {});
  if (!entries.length) return [];
  const text = (value) => typeof value === "string" ? value : JSON.stringify(value);
  return [element("h2", {}, "Attributes"), table(["name", "value"], entries.map(([name, value]) => [name, text(value)]))];
}

/** Follows, fetches and tells how far that is. */
function holding(path, info, live, signal) {
  const bar = element("progress", { class: "held", max: Math.max(info.size, 1), value: 0, "aria-label": "held here" });
  const line = element("span", { class: "faint", role: "status" });
  const follow = element("button", { click: () => act(followed ? "/api/unfollow" : "/api/follow") });
  let followed = false;
  const refresh = async () => {
    const state = (await get("/api/info", { signal }))[path];
    followed = state?.follow ?? false;
    follow.textContent = followed ? "Unfollow" : "Follow";
    follow.setAttribute("aria-pressed", String(followed));
    bar.value = state?.held ?? 0;
    line.textContent = `${bytes(state?.held ?? 0)} of ${bytes(info.size)} held here`;
  };
  const act = async (url) => {
    try {
      await post(url, [path]);
      await refresh();
    } catch (error) { line.textContent = error.message; }
  };
  let timer = 0;
  const stop = live.listen((name, data) => {
    if (name !== "progress" || data.path !== path) return;
    if (data.error) line.textContent = data.error;
    else timer ||= setTimeout(() => { timer = 0; refresh().catch(() => {}); }, 200);
  });
  signal.addEventListener("abort", () => { stop(); clearTimeout(timer); });
  refresh().catch((error) => { line.textContent = error.message; });
  return element("div", { class: "row" }, bar, line, follow,
    element("button", { click: () => act("/api/download") }, "Fetch all of it"),
    element("a", { href: `/api/download/${encoded(path)}`, download: path.split("/").at(-1) }, "Save the file"));
}

export async function dataset(context, path) {
  const { main, live, signal, go } = context;
  const info = await get(`/api/datasets/${encoded(path)}`, { signal });
  signal.throwIfAborted();
  document.title = `${path} – bpubsub`;
  const notice = element("div", { "aria-live": "polite" });
  const taken = takeAway(path, Boolean(info.array));
  const shown = info.array ? picture(path, info.array, signal, taken.update) : preview(path, info, signal);
  main.replaceChildren(trail(path), element("h1", {}, path), notice, holding(path, info, live, signal),
    ...(shown ? [element("h2", {}, info.array ? "Values" : "Contents"), shown] : []), element("h2", {}, "Description"), facts(info),
    ...attributes(info), element("h2", {}, "Take it away"), taken.node);
  signal.addEventListener("abort", live.listen((name, data) => {
    if (name === "reset") {
      get(`/api/datasets/${encoded(path)}`, { signal }).then((now) => tell(now), () => {});
    } else if (name === "change" && changed(data) === path) {
      tell(data.dataset);
    }
  }));
  function tell(now) {
    if (now?.version === info.version) return;
    const text = now ? "There is a newer version. " : "This dataset has been removed. ";
    const again = element("button", { click: () => go(location.href) }, "Show it");
    notice.replaceChildren(element("p", { class: "notice" }, text, now ? again : null));
  }
}
