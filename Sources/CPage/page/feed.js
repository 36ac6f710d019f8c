import { own } from "./root.js";

/** Milliseconds until the next attempt where the browser makes none by itself. */
const pause = 2000;

/**
 * A connection to the subscriber's events; one that is lost comes back by itself.
 * @param {(name: string, data: object) => void} tell hears of the events, and `open` and `lost`
 * @returns {() => void} ends it
 */
export function connect(tell) {
  let source, timer;
  const open = () => {
    source = new EventSource(own("/api/events"));
    source.onopen = () => tell("open", {});
    source.onerror = () => {
      tell("lost", {});
      // After an answer that is no feed, as a proxy gives while the subscriber is away, a browser gives up.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, pause);
    };
    for (const name of ["change", "progress", "held", "followed", "status", "reset"]) {
      source.addEventListener(name, (event) => tell(name, JSON.parse(event.data)));
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
