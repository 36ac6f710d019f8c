import { connect } from "./feed.js";
import { own } from "./root.js";

/** Milliseconds between attempts to reach the subscriber. */
const pause = 2000;

/** Tells `mended` when what failed may be tried again: the connection is back, or a publisher or the broker. */
export const recovery = new EventTarget();

// The browser has its network back; the events' connection may never have been without.
addEventListener("online", () => recovery.dispatchEvent(new Event("mended")));

let attempt = null;

/**
 * To be called when the subscriber could not be reached: has `mended` told when it can. What the browser thinks of its network
 * is no guide alone: it takes a machine without any for offline, also where the subscriber is on the same one.
 */
export function missed() {
  attempt ??= setTimeout(async () => {
    attempt = null;
    try { await fetch(own("/api/status"), { method: "HEAD", cache: "no-store" }); } catch { missed(); return; }
    recovery.dispatchEvent(new Event("mended"));
  }, pause);
}

/** What runs once for all windows; `null` where there is no such thing, or it is forbidden together with cookies. */
function shared() {
  try { return new SharedWorker(new URL("shared.js", import.meta.url), { type: "module" }); } catch { return null; }
}

/** Hears of the events by the connection of all windows, or by one of its own where that cannot be had. */
function attend(tell) {
  const worker = shared();
  if (!worker) return connect(tell);
  let end = () => { worker.port.postMessage("leave"); worker.port.close(); };
  worker.port.onmessage = ({ data: [name, data] }) => tell(name, data);
  worker.onerror = () => { end = connect(tell); };
  return () => {
    worker.onerror = worker.port.onmessage = null;
    end();
  };
}

/** Tells views what happens, for as long as they are shown and the window is seen. */
export class Live {
  #listeners = new Set();
  #line;
  #end = null;

  constructor(line) {
    this.#line = line;
    document.addEventListener("visibilitychange", () => this.#look());
    this.#look();
  }

  /** Who comes back to a window finds it as things are then: what happened meanwhile is asked for. */
  #look() {
    if (!document.hidden) {
      this.#end ??= attend((name, data) => this.#hear(name, data));
    } else {
      this.#end?.();
      this.#end = null;
    }
  }

  #hear(name, data) {
    if (name === "lost") { this.#line.textContent = "connection lost, trying again…"; return; }
    if (name !== "open") { this.#tell(name, data); return; }
    this.#line.textContent = "live";
    // What happened before somebody listened is not told.
    this.refresh();
  }

  /** Has all views ask for what is so now. */
  refresh() { this.#tell("reset", {}); }

  #tell(name, data) {
    for (const listener of [...this.#listeners]) listener(name, data);
    if (name === "reset" || name === "status" || data.group?.online) recovery.dispatchEvent(new Event("mended"));
  }

  /** @returns {() => void} ends it. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The dataset's path that an event of the feed is about. */
export const changed = (data) => data.dataset?.path ?? data.path ?? "";
