// Where the grid reaches beyond the window, its dates and sums move to where they can be seen.
(() => {
  const box = document.querySelector(".team-card > .oc-scroll");
  if (!box) return;
  const bar = (name) => document.querySelector(name)?.getBoundingClientRect();
  const place = () => {
    const {top, bottom, height} = box.getBoundingClientRect();
    const room = Math.max(height - 160, 0); // both and a row between them
    const above = Math.min(Math.max((bar(".oc-top")?.bottom ?? 0) - top, 0), room);
    const below = Math.min(Math.max(bottom - innerHeight + (bar(".oc-tabs")?.height ?? 0), 0), room);
    box.parentElement.style.setProperty("--above", `${above}px`);
    box.parentElement.style.setProperty("--below", `${below}px`);
  };
  addEventListener("scroll", place, {passive: true});
  addEventListener("resize", place, {passive: true});
  new ResizeObserver(place).observe(box);
  place();
})();
