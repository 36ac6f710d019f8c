/** Calls `load` with a signal, one at a time: what is asked for meanwhile replaces what was asked before. */
export function latest(signal, load) {
  let running = false, isWaiting = false, ending = new AbortController();
  signal.addEventListener("abort", () => ending.abort());
  return async function again() {
    if (signal.aborted) return;
    if (running) { isWaiting = true; return; }
    running = true;
    ending = new AbortController();
    await load(ending.signal);
    running = false;
    if (isWaiting) { isWaiting = false; again(); }
  };
}
