// Tells charts how wide they are, draws one cursor over all line charts of the page with the values at its time, and lets a person
// draw the interval that they show.
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

  const call = (figure, name, ...values) => targets.get(figure)?.invokeMethodAsync(name, ...values).catch(() => { /* The circuit ended. */ });

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

  // The chart under an event, and what lies at its place: nothing outside the plot.
  const placeOf = event => {
    const figure = event.target.closest?.('.chart[data-kind="line"]');
    const svg = figure?.querySelector("svg"), a = axes(svg);
    if (!a) return null;
    const x = event.clientX - svg.getBoundingClientRect().left;
    return { figure, a, x, inside: x >= a.left && x <= a.right, at: timeAt(a, Math.min(a.right, Math.max(a.left, x))) };
  };

  const timeAt = (a, x) => a.from + (x - a.left) / (a.right - a.left) * (a.to - a.from);

  // A stretch drawn over a chart becomes the interval of all of them.
  let drawn = null;
  const endBrush = () => {
    const brush = drawn?.figure.querySelector(".brush");
    if (brush) brush.hidden = true;
    drawn = null;
  };

  const showBrush = x => {
    const brush = drawn.figure.querySelector(".brush"), a = drawn.a;
    const to = Math.min(a.right, Math.max(a.left, x));
    brush.hidden = Math.abs(to - drawn.x) < 4;
    brush.style.cssText = `left:${Math.min(drawn.x, to)}px;width:${Math.abs(to - drawn.x)}px;top:${a.top}px;height:${a.bottom - a.top}px`;
  };

  document.addEventListener("pointerdown", event => {
    const place = event.button === 0 && event.pointerType !== "touch" ? placeOf(event) : null;
    if (place?.inside) drawn = place;
  });
  document.addEventListener("pointerup", event => {
    if (!drawn) return;
    const { figure, a, x, at } = drawn;
    const svg = figure.querySelector("svg");
    const end = svg ? Math.min(a.right, Math.max(a.left, event.clientX - svg.getBoundingClientRect().left)) : x;
    endBrush();
    if (Math.abs(end - x) >= 4) call(figure, "Zoomed", at, timeAt(a, end));
  });
  document.addEventListener("pointermove", event => {
    if (drawn) showBrush(event.clientX - drawn.figure.getBoundingClientRect().left);
    const place = placeOf(event);
    if (!place?.inside) return hide();
    show(place.at);
  }, { passive: true });
  document.addEventListener("dblclick", event => {
    const place = placeOf(event);
    if (place) call(place.figure, "ShowAll");
  });

  // The same by keyboard: arrows move the cursor, + and - zoom around it, Escape shows all.
  let cursorAt = null;
  document.addEventListener("keydown", event => {
    const figure = document.activeElement?.matches?.('.chart[data-kind="line"]') ? document.activeElement : null;
    const a = axes(figure?.querySelector("svg"));
    if (!a) return;
    const span = a.to - a.from;
    const middle = Math.min(a.to, Math.max(a.from, cursorAt ?? (a.from + a.to) / 2));
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      cursorAt = Math.min(a.to, Math.max(a.from, middle + (event.key === "ArrowLeft" ? -span : span) / 40));
      show(cursorAt);
    } else if (event.key === "+" || event.key === "=") {
      call(figure, "Zoomed", Math.max(a.from, middle - span / 4), Math.min(a.to, middle + span / 4));
    } else if (event.key === "-" || event.key === "Escape") {
      call(figure, "ShowAll");
    } else {
      return;
    }
    event.preventDefault();
  });

  return {
    observe(element, target) { targets.set(element, target); sizes.observe(element); },
    live() { document.documentElement.setAttribute("data-live", ""); },
    forget(element) { if (element) { sizes.unobserve(element); targets.delete(element); } },
  };
})();
