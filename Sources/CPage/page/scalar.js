import { view } from "./api.js";
import { element, encoded, table } from "./dom.js";
import { latest } from "./latest.js";
import { Window } from "./window.js";

/** What an array without axes has: its one item, or the fields of that. */
export function scalar(path, array, units, signal, moved) {
  const node = element("div", { role: "status" }), window = new Window(array);
  const load = latest(signal, async (ending) => {
    const { items } = await view(encoded(path), {}, ending), { fields } = items.type;
    node.replaceChildren(fields ? table(["field", "value"], fields.map((field) => [field.name, items.at(0, field)]))
      : element("p", {}, `${items.at(0)}${units ? ` ${units}` : ""}`));
  }, (error) => node.replaceChildren(element("p", { class: "notice problem" }, error.message)));
  load();
  // All of its fields are shown.
  window.field = undefined;
  moved(window);
  return node;
}
