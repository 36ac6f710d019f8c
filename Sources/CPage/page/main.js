import { browse } from "./browse.js";
import { dataset } from "./dataset.js";
import { element } from "./dom.js";
import { groups } from "./groups.js";
import { Live, recovery } from "./live.js";
import { status } from "./status.js";

const main = document.getElementById("main");
const live = new Live(document.getElementById("live"));
let leave = () => {}, place;

/** Shows what the address says. */
async function show() {
  leave();
  const ending = new AbortController();
  leave = () => ending.abort();
  const context = { main, live, signal: ending.signal, go };
  const [, kind, ...rest] = location.pathname.split("/");
  place = location.pathname;
  try {
    const path = rest.map(decodeURIComponent).join("/").replace(/\/$/, "");
    if (kind === "browse" && path) await browse(context, path);
    else if (kind === "datasets" && path) await dataset(context, path);
    else if (kind === "status") await status(context);
    else await groups(context);
  } catch (error) {
    if (ending.signal.aborted) return;
    main.replaceChildren(element("h1", {}, "This cannot be shown"), element("p", {}, error.message));
    recovery.addEventListener("mended", show, { once: true, signal: ending.signal });
  }
}

/** Goes to another view without loading the page again. */
function go(href) {
  history.pushState(null, "", href);
  show().then(() => main.focus());
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.hasAttribute("download")) return;
  if (link.origin !== location.origin || link.pathname.startsWith("/api/") || link.pathname === "/metrics") return;
  event.preventDefault();
  go(link.href);
});
// A jump inside the page is no other view.
addEventListener("popstate", () => { if (!location.hash || location.pathname !== place) show(); });
show();
