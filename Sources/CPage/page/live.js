/** Tells views what happens, for as long as they are shown; a connection that is lost comes back by itself. */
export class Live {
  #listeners = new Set();

  constructor(line) {
    const source = new EventSource("/api/events");
    source.onopen = () => {
      line.textContent = "live";
      // What happened before somebody listened is not told.
      this.#tell("reset", {});
    };
    source.onerror = () => { line.textContent = "connection lost, trying again…"; };
    for (const name of ["change", "progress", "status", "reset"]) {
      source.addEventListener(name, (event) => this.#tell(name, JSON.parse(event.data)));
    }
  }

  #tell(name, data) {
    for (const listener of [...this.#listeners]) listener(name, data);
  }

  /** @returns {() => void} ends it. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The dataset's path that an event of the feed is about. */
export const changed = (data) => data.dataset?.path ?? data.path ?? "";
