import { browse } from "./browse.js";
import { dataset } from "./dataset.js";
import { element, link } from "./dom.js";
import { enter, isShown, keepPlace, push, restoreFocus, restorePlace } from "./entries.js";
import { groups } from "./groups.js";
import { throttled } from "./latest.js";
import { changed, Live, recovery } from "./live.js";
import { within } from "./root.js";
import { status } from "./status.js";

const main = document.getElementById("main");
const live = new Live(document.getElementById("live"));
/** Of the view that is shown. */
let ending = new AbortController();

/** What a path at the subscriber stands for; nothing where it is nobody's. */
function viewOf(pathname) {
  const [, kind, ...rest] = pathname.split("/");
  const path = rest.map(decodeURIComponent).join("/").replace(/\/$/, "");
  if (kind === "browse" && path) return { path, make: (context) => browse(context, path) };
  if (kind === "datasets" && path) return { path, make: (context) => dataset(context, path) };
  if (kind === "" && !path) return { make: groups };
  return kind === "status" && !path ? { make: status } : null;
}

/** Says why there is no view, which comes by itself when it can. */
function fail(error, path, signal) {
  document.title = "bpubsub";
  main.replaceChildren(element("h1", {}, "This cannot be shown"), element("p", {}, error.message),
    element("p", {}, link("All groups", "/")));
  const again = throttled(signal, 500, () => show());
  recovery.addEventListener("mended", again, { signal });
  signal.addEventListener("abort", live.listen((name, data) => {
    if (name === "change" && path && `${changed(data)}/`.startsWith(`${path}/`)) again();
  }));
}

/** Shows what the address says, and where in it somebody was. Until it is there, what was shown before stays, but takes nothing. */
async function show(hasMoved = false) {
  ending.abort();
  ending = new AbortController();
  const { signal } = ending;
  enter();
  main.inert = true;
  main.setAttribute("aria-busy", "true");
  let path, hasMissed = false;
  const hear = live.listen((name) => { hasMissed ||= name === "change" || name === "reset"; });
  try {
    const view = viewOf(within(location.pathname) ?? "");
    if (!view) throw new Error("There is no such page.");
    path = view.path;
    await view.make({ main, live, signal, go });
  } catch (error) {
    if (!signal.aborted) fail(error, path, signal);
  }
  hear();
  if (signal.aborted) return;
  // A view listens only when it is made, and may have been made of what was so before.
  if (hasMissed) live.refresh();
  main.inert = false;
  main.removeAttribute("aria-busy");
  if (hasMoved) restoreFocus(main);
  restorePlace(main, signal);
  keepPlace(signal);
}

/** Goes to another view without loading the page again. */
function go(href, link) {
  push(href, link);
  show(true);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.hasAttribute("download")) return;
  const path = link.origin === location.origin ? within(link.pathname) : null;
  if (path === null || path.startsWith("/api/") || path === "/metrics") return;
  // A jump inside the page is the browser's.
  if (link.hash && link.pathname + link.search === location.pathname + location.search) return;
  event.preventDefault();
  go(link.href, link);
});
addEventListener("popstate", () => { if (isShown()) restorePlace(main, ending.signal); else show(true); });
// The document's own links go from where it was loaded, which is no longer the address once another view is shown.
for (const link of document.querySelectorAll("header a")) link.setAttribute("href", link.pathname);
show();
