// A list or plan that is drawn again has new elements. What had the focus keeps it: after a live change, and after the
// dialog that it opened.
"use strict";
(() => {
  const KEPT = "[data-slot], .q-table__container [aria-label]";
  const DIALOG = ".q-dialog";
  let held = null; // the name of what had the focus last, outside of dialogs

  const name = (element) => element.dataset.slot ?? element.ariaLabel;
  const isShown = (element) => element.getClientRects().length > 0;
  const isIdle = () => document.activeElement === null || document.activeElement === document.body;

  function give() {
    if (held === null || !isIdle() || document.querySelector(DIALOG)) return;
    const found = [...document.querySelectorAll(KEPT)].filter((each) => name(each) === held).find(isShown);
    found?.focus({ preventScroll: true });
  }

  document.addEventListener("focusin", ({ target }) => {
    if (document.querySelector(DIALOG)) return;
    held = target.matches(KEPT) ? name(target) : null;
  });
  // Who presses beside it means to leave it.
  document.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest(`${KEPT}, ${DIALOG}`)) held = null;
  });
  new MutationObserver(give).observe(document.documentElement, { childList: true, subtree: true });
})();
