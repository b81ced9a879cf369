// Tells charts how wide they are, and draws one cursor over all line charts of the page, with the values at its time.
window.suiteCharts = (() => {
  const targets = new Map();
  const sizes = new ResizeObserver(entries => {
    for (const entry of entries) {
      const width = Math.floor(entry.contentRect.width);
      targets.get(entry.target)?.invokeMethodAsync("Resized", width).catch(() => { /* The circuit ended. */ });
    }
  });

  // What LineChart writes beside its picture: where the axes lie, in pixels and in data.
  const axes = svg => {
    const [left, top, right, bottom, from, to, low, high] = (svg?.dataset.axes ?? "").split(" ").map(Number);
    return Number.isFinite(high) ? { left, top, right, bottom, from, to, low, high } : null;
  };

  const valuesAt = (svg, a, x) => [...svg.querySelectorAll("path[data-name]")].flatMap(path => {
    let nearest = null;
    for (const [, px, py] of path.getAttribute("d").matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)) {
      if (!nearest || Math.abs(px - x) < Math.abs(nearest.x - x)) nearest = { x: +px, y: +py };
    }
    if (!nearest || Math.abs(nearest.x - x) > 40) return [];
    const value = a.low + (a.bottom - nearest.y) / (a.bottom - a.top) * (a.high - a.low);
    const text = svg.dataset.percent ? `${(value * 100).toPrecision(3)} %` : Number(value.toPrecision(4)).toLocaleString("en");
    return [`${path.dataset.name} ${text}`];
  });

  const hide = () => document.querySelectorAll(".chart .cursor").forEach(cursor => { cursor.hidden = true; });

  const show = at => {
    for (const figure of document.querySelectorAll('.chart[data-kind="line"]')) {
      const svg = figure.querySelector("svg"), cursor = figure.querySelector(".cursor"), a = axes(svg);
      if (!a || !cursor) continue;
      cursor.hidden = at < a.from || at > a.to;
      if (cursor.hidden) continue;
      const x = a.left + (at - a.from) / Math.max(1e-9, a.to - a.from) * (a.right - a.left);
      cursor.style.cssText = `left:${x}px;top:${a.top}px;height:${a.bottom - a.top}px`;
      const label = cursor.firstElementChild;
      label.textContent = [new Date(at * 1000).toISOString().slice(11, 19), ...valuesAt(svg, a, x)].join(" · ");
      label.classList.toggle("left", x > (a.left + a.right) / 2);
    }
  };

  document.addEventListener("pointermove", event => {
    const figure = event.target.closest?.('.chart[data-kind="line"]');
    const svg = figure?.querySelector("svg"), a = axes(svg);
    if (!a) return hide();
    const x = event.clientX - svg.getBoundingClientRect().left;
    if (x < a.left || x > a.right) return hide();
    show(a.from + (x - a.left) / (a.right - a.left) * (a.to - a.from));
  }, { passive: true });

  return {
    observe(element, target) { targets.set(element, target); sizes.observe(element); },
    live() { document.documentElement.setAttribute("data-live", ""); },
    forget(element) { if (element) { sizes.unobserve(element); targets.delete(element); } },
  };
})();
