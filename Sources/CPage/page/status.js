import { latest, repeated } from "./latest.js";
import { get } from "./api.js";
import { bytes, duration, element, encoded, link, moment, number, refill, table } from "./dom.js";

/** Whether the publisher of a group is there, in words and by a mark. */
export const publisherState = ({ online, since, away }) =>
  element("span", { class: online && !away ? "state online" : "state" },
    `${online ? "online" : "offline"} since ${moment(since)}${away ? ", its folder is away" : ""}`);

/** @param {number?} lag seconds */
export const ago = (lag) => lag === undefined || lag === null ? "never" : `${duration(lag)} ago`;

/** A few figures that belong together. */
function card(title, rows, ...more) {
  return element("section", { class: "card", "aria-label": title }, element("h2", {}, title), ...more,
    element("dl", {}, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])));
}

function brokerCard({ broker, datasets, followed }) {
  return card("Broker", [
    ["address", broker.url], ["state", element("span", { class: broker.connected ? "state online" : "state" },
      `${broker.connected ? "connected" : "not connected"} since ${moment(broker.since)}`)],
    ["known to be current", broker.stale === undefined && broker.connected ? "now" : ago(broker.lag)], ["datasets", number(datasets)],
    ["followed", followed.length > 10 ? `${number(followed.length)} names` : followed.join(", ") || "nothing"],
  ]);
}

function heldCard({ mirrors, transfers }) {
  const bar = mirrors.limit ? element("progress", {
    class: "held", max: mirrors.limit, value: Math.min(mirrors.bytes, mirrors.limit),
    "aria-label": `${bytes(mirrors.bytes)} of at most ${bytes(mirrors.limit)} held`,
  }) : null;
  return card("Held here", [
    ["bytes", bytes(mirrors.bytes)], ["at most", mirrors.limit ? bytes(mirrors.limit) : "no limit"],
    ["files", `${number(mirrors.count)}, ${number(mirrors.complete)} of them complete`],
    ["if all were complete", bytes(mirrors.size)], ["being completed", number(transfers.running)],
  ], ...(bar ? [bar] : []));
}

function fetchedCard({ transfers }) {
  return card("Fetched", [
    ["requests to publishers", number(transfers.requests)], ["bytes", bytes(transfers.fetchedBytes)],
    ["saved, since older versions had it", bytes(transfers.savedBytes)],
    ["damaged and refused", number(transfers.rejectedChunks)],
  ]);
}

function answeredCard({ requests, cache }) {
  const asked = cache.hits + cache.misses;
  return card("Served", [
    ["requests of readers", number(requests.answered)], ["refused, failed", `${number(requests.refused)}, ${number(requests.failed)}`],
    ["sent", bytes(requests.sentBytes)],
    ["kept answers", `${number(cache.answers)}, ${bytes(cache.bytes)} of at most ${bytes(cache.limit)}`],
    ["answered by them", asked ? `${number(cache.hits)} of ${number(asked)}` : "nothing yet"],
  ]);
}

const publishers = ({ groups }) => element("div", { class: "listing" }, table(["group", "state", "last heard of", "at"], groups.map((group) =>
  [link(group.name, `/browse/${encoded(group.name)}`), publisherState(group), ago(group.lag), group.urls.join(", ")])));

export async function status({ main, live, signal }) {
  document.title = "Status – bpubsub";
  const node = element("div");
  const load = async (ending) => {
    const answer = await get("/api/status", { signal: ending });
    ending.throwIfAborted();
    refill(node, element("h1", {}, "Status"),
      element("div", { class: "cards" }, brokerCard(answer), heldCard(answer), fetchedCard(answer), answeredCard(answer)),
      element("h2", {}, "Publishers"), publishers(answer),
      element("p", { class: "faint" }, `bpubsub ${answer.version}, up for ${duration(answer.uptime ?? 0)}, `
        + `${bytes(answer.memory ?? 0)} of memory. `, link("The same figures for a monitoring system", "/metrics")));
  };
  await load(signal);
  main.replaceChildren(node);
  const fill = latest(signal, load, () => {});
  repeated(signal, 2000, fill);
  signal.addEventListener("abort", live.listen((name) => { if (name === "status" || name === "reset") fill(); }));
}
