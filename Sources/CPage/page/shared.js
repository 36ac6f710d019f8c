// Runs once for all windows of a browser, and keeps one connection for those that are seen: a browser has no more than six
// to a server, and with one for each window the seventh would get no answers.
import { connect } from "./feed.js";

const windows = new Set();
let state = null, end;

function tell(name, data) {
  if (name === "open" || name === "lost") state = name;
  for (const port of windows) port.postMessage([name, data]);
}

function leave(port) {
  if (windows.delete(port) && !windows.size) end();
}

addEventListener("connect", ({ ports: [port] }) => {
  // All that a window says is that it is no longer seen, which it is not either when it ends.
  port.onmessage = () => leave(port);
  windows.add(port);
  if (windows.size === 1) {
    state = null;
    end = connect(tell);
  } else if (state) {
    port.postMessage([state, {}]);
  }
});
