/** Tells `mended` when what failed may be tried again: the connection is back, or a publisher or the broker. */
export const recovery = new EventTarget();

/** Milliseconds until the next attempt where the browser makes none by itself. */
const pause = 2000;

/** Tells views what happens, for as long as they are shown; a connection that is lost comes back by itself. */
export class Live {
  #listeners = new Set();
  #line;

  constructor(line) {
    this.#line = line;
    this.#connect();
  }

  #connect() {
    const source = new EventSource("/api/events");
    source.onopen = () => {
      this.#line.textContent = "live";
      // What happened before somebody listened is not told.
      this.#tell("reset", {});
    };
    source.onerror = () => {
      this.#line.textContent = "connection lost, trying again…";
      // After an answer that is no feed, as a proxy gives while the subscriber is away, a browser gives up.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#connect(), pause);
    };
    for (const name of ["change", "progress", "held", "followed", "status", "reset"]) {
      source.addEventListener(name, (event) => this.#tell(name, JSON.parse(event.data)));
    }
  }

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
