// Tells charts how wide they are, and draws one cursor over all line charts of the page.
window.suiteCharts = (() => {
  const targets = new Map();
  const sizes = new ResizeObserver(entries => {
    for (const entry of entries) {
      const width = Math.floor(entry.contentRect.width);
      targets.get(entry.target)?.invokeMethodAsync("Resized", width).catch(() => { /* The circuit ended. */ });
    }
  });
  return {
    observe(element, target) { targets.set(element, target); sizes.observe(element); },
    live() { document.documentElement.setAttribute("data-live", ""); },
    forget(element) { if (element) { sizes.unobserve(element); targets.delete(element); } },
  };
})();
