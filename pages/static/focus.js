// Lists that are one element are drawn again whenever the page changes, and what had the focus in them is gone: by
// keyboard one would begin again at the top of the page. Its twin gets the focus, also after a dialog has closed.
(() => {
  let last = null;
  const says = (each) =>
    JSON.stringify([each.tagName, each.textContent, ...["aria-label", "aria-describedby", "href"].map((name) => each.getAttribute(name))]);
  const isOver = () => document.querySelector("[role=dialog], [role=alertdialog], [role=menu]");
  // After a press somewhere else it isn't wanted back.
  for (const event of ["focusin", "pointerdown"]) {
    document.addEventListener(event, ({ target }) => {
      if (!isOver()) last = target.closest("button, a[href]");
    });
  }
  new MutationObserver(() => {
    if (!last || last.isConnected || document.activeElement !== document.body || isOver()) return;
    const twins = [...document.querySelectorAll(last.tagName)].filter((each) => says(each) === says(last));
    if (twins.length === 1) twins[0].focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
