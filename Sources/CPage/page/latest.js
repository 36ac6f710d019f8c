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
