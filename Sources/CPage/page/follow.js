import { get, post } from "./api.js";
import { element } from "./dom.js";
import { latest } from "./latest.js";

/** The most names that are offered to be given up: more are told of in the status. */
const most = 3;

/**
 * A button that follows a dataset, folder or group; of what is followed one for each name because of which it is, its own,
 * a folder's above or a pattern's, that ends it. It knows of what others do.
 */
export function followButtons(path, live, signal) {
  const problem = element("span", { class: "faint", role: "status" });
  // Until it is known there is a button that takes its place, so that nothing moves.
  const buttons = element("span", { class: "buttons" }, element("button", { disabled: true }, "Follow"));
  const node = element("div", { class: "buttons" }, buttons, problem);
  const refresh = latest(signal, async (ending) => {
    const names = await get(`/api/followed?${new URLSearchParams({ path })}`, { signal: ending });
    ending.throwIfAborted();
    show(names);
  }, (error) => { problem.textContent = error.message; });

  function show(names) {
    const before = buttons.contains(document.activeElement);
    const made = names.slice(0, most).map((name) =>
      button(name === path ? "Unfollow" : `Unfollow ${name}`, "/api/unfollow", name));
    buttons.replaceChildren(...(made.length ? made : [button("Follow", "/api/follow", path)]));
    problem.textContent = names.length > most ? `and by ${names.length - most} other names` : "";
    // Who pressed a button goes on from the one that is there instead.
    if (before) buttons.firstElementChild.focus();
  }

  const button = (text, url, name) => element("button", {
    title: url === "/api/follow" ? "Fetch all of it, and keep it complete and up to date from now on" : "What is held stays",
    "aria-pressed": String(url !== "/api/follow"),
    click: async () => {
      try {
        await post(url, [name]);
      } catch (error) { problem.textContent = error.message; return; }
      refresh();
    },
  }, text);

  signal.addEventListener("abort", live.listen((name) => { if (name === "followed" || name === "reset") refresh(); }));
  refresh();
  return node;
}
