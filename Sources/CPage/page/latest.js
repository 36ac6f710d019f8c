import { recovery } from "./live.js";

/**
 * Calls `load` with a signal, one at a time: what is asked for meanwhile replaces what was asked before. What fails is told
 * to `failed`, and tried again when it may work.
 */
export function latest(signal, load, failed) {
  let running = false, isWaiting = false, hasFailed = false;
  async function again() {
    if (signal.aborted) return;
    if (running) { isWaiting = true; return; }
    running = true;
    try {
      await load(signal);
      hasFailed = false;
    } catch (error) {
      hasFailed = !signal.aborted;
      if (hasFailed) failed(error);
    }
    running = false;
    if (isWaiting) { isWaiting = false; again(); }
  }
  recovery.addEventListener("mended", () => { if (hasFailed) again(); }, { signal });
  return again;
}

/** Does `act` at most once in so many milliseconds, however often it is called, until the view is left. */
export function throttled(signal, milliseconds, act) {
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => { timer ||= setTimeout(() => { timer = 0; act(); }, milliseconds); };
}

/** Does `act` when it has not been called for so many milliseconds. */
export function settled(signal, milliseconds, act) {
  let timer = 0;
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
}
