// Dark or light as the system has it, until the person chooses; loaded before the first paint, so that nothing flashes.
(() => {
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const apply = theme => theme ? root.setAttribute("data-theme", theme) : root.removeAttribute("data-theme");
  apply(stored());
  document.addEventListener("click", event => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const dark = root.getAttribute("data-theme")
      ? root.getAttribute("data-theme") === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    apply(theme);
    try { localStorage.setItem("theme", theme); } catch { /* A private window keeps nothing. */ }
  });
  // Blazor's enhanced navigation merges the server's <html>, which knows no theme.
  new MutationObserver(() => { if (stored() && root.getAttribute("data-theme") !== stored()) apply(stored()); })
    .observe(root, { attributes: true, attributeFilter: ["data-theme"] });
})();
