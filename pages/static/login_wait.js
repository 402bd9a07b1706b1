// A slowed-down log-in: asks before the password leaves the page, so that it stays typed, and counts the seconds.
"use strict";
(() => {
  let until = 0;

  const parts = () => {
    const alert = document.querySelector("[data-oc-wait]");
    const form = alert?.closest("form");
    return { alert, form, button: form?.querySelector("button[type=submit]") };
  };

  function show(alert, seconds) {
    until = Date.now() + seconds * 1000;
    alert.hidden = true; // shown again, so that it is read out
    alert.querySelector("[data-oc-seconds]").textContent = String(seconds);
    alert.hidden = false;
  }

  function tick() {
    const { alert, button } = parts();
    if (!alert) return;
    if (!alert.dataset.ocSeen) {
      alert.dataset.ocSeen = "1";
      const seconds = Number(alert.querySelector("[data-oc-seconds]").textContent);
      if (seconds > 0) until = Date.now() + seconds * 1000;
    }
    const left = Math.ceil((until - Date.now()) / 1000);
    alert.hidden = left <= 0;
    if (left > 0) {
      alert.querySelector("[data-oc-seconds]").textContent = String(left);
      button?.setAttribute("aria-disabled", "true");
      button?.setAttribute("aria-describedby", "wait");
    } else {
      button?.removeAttribute("aria-disabled");
      button?.removeAttribute("aria-describedby");
    }
  }

  async function asked(form) {
    try {
      const body = new URLSearchParams({ email: form.elements.email?.value ?? "" });
      const answer = await fetch("/login/wait", { method: "POST", body });
      if (answer.status === 429) return Number(answer.headers.get("Retry-After")) || 2;
      return (await answer.json()).seconds;
    } catch {
      return 0; // the form itself will say what is wrong
    }
  }

  document.addEventListener("submit", async (event) => {
    const { alert, form, button } = parts();
    if (!alert || event.target !== form) return;
    event.preventDefault();
    if (button?.getAttribute("aria-disabled") === "true") return;
    const seconds = await asked(form);
    if (seconds > 0) show(alert, seconds);
    else form.submit();
    tick();
  });
  setInterval(tick, 250);
  tick();
})();
