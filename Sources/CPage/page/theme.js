// Runs before anything is drawn, so that no page flashes in the other colours; it therefore is no module.
{
  const root = document.documentElement, key = "bpubsub theme";
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme; else delete root.dataset.theme;
    document.dispatchEvent(new Event("themechange"));
  };
  // Where storage is forbidden, a choice lasts as long as the page.
  const stored = () => { try { return localStorage.getItem(key) ?? "system"; } catch { return "system"; } };
  const store = (theme) => { try { localStorage.setItem(key, theme); } catch { /* See above. */ } };
  apply(stored());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(stored()));
  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    choice.value = stored();
    choice.addEventListener("change", () => { store(choice.value); apply(choice.value); });
  });
  // Another window of the page has chosen.
  addEventListener("storage", (event) => {
    if (event.key !== key) return;
    document.getElementById("theme").value = stored();
    apply(stored());
  });
}
