import { get } from "./api.js";
import { bytes, element, moment, refill, table } from "./dom.js";

export async function status({ main, live, signal }) {
  document.title = "Status – bpubsub";
  const fill = async () => {
    const answer = await get("/api/status", { signal });
    signal.throwIfAborted();
    const { broker, mirrors, transfers } = answer;
    refill(main, element("h1", {}, "Status"), table(["what", "now"], [
      ["broker", `${broker.url}, ${broker.connected ? "connected" : "not connected"} since ${moment(broker.since)}`],
      ["last heard of it", broker.lag == null ? "never" : `${broker.lag.toFixed(1)} s ago`],
      ["datasets", answer.datasets], ["followed", answer.followed.join(", ") || "nothing"],
      ["held", `${bytes(mirrors.bytes)} of ${mirrors.count} versions, ${mirrors.complete} complete`
        + (mirrors.limit ? `; at most ${bytes(mirrors.limit)}` : "")],
      ["fetched", bytes(transfers.fetchedBytes)], ["saved by what was held", bytes(transfers.savedBytes)],
      ["damaged chunks refused", transfers.rejectedChunks], ["transfers under way", transfers.running],
      ["version", answer.version],
    ]), element("h2", {}, "Publishers"), table(["group", "state", "at"], answer.groups.map((group) =>
      [group.name, `${group.online ? "online" : "offline"} since ${moment(group.since)}`, group.urls.join(", ")])));
  };
  await fill();
  const timer = setInterval(() => fill().catch(() => {}), 2000);
  signal.addEventListener("abort", () => clearInterval(timer));
  signal.addEventListener("abort", live.listen((name) => { if (name === "status") fill().catch(() => {}); }));
}
