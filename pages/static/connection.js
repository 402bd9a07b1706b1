// The bar that says that the page has lost the server, instead of NiceGUI's pop-up; and what can't be pressed meanwhile.
"use strict";
(() => {
  const QUIET_MS = 2000; // a shorter break isn't worth a word
  const LONG_MS = 60_000;
  const BACK_MS = 3000;
  const LOST = "oc-lost"; // in sessionStorage: NiceGUI loads the page again when the server has forgotten it
  const PRESSED = "button, [role=button], [role=switch], [role=checkbox], [role=radio], [role=menuitem], [role=option]";

  let bar = null;
  let since = null; // a Date while the connection is lost
  let nextAt = 0; // of the next attempt to reconnect, if it is known
  let quiet = 0; // timers
  let tick = 0;
  let disabled = [];

  function part(tag, attributes, text = "") {
    const element = Object.assign(document.createElement(tag), { textContent: text });
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function show(isBack, ...words) {
    bar?.remove();
    bar = part("div", { class: isBack ? "oc-lost is-back" : "oc-lost", role: "alert" });
    const icon = part("i", { class: `oc-i oc-i-${isBack ? "ok" : "off"}`, "aria-hidden": "true" });
    const sentence = part("span", {});
    sentence.append(...words);
    bar.append(icon, sentence);
    document.body.append(bar);
  }

  function showLost() {
    const isLong = Date.now() - since > LONG_MS;
    const time = since.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    const rest = isLong ? " Check your network. " : ` This page is from ${time}. `;
    // Read out once: the seconds tick in silence.
    const seconds = part("span", { "aria-live": "off" });
    show(false, part("b", {}, isLong ? "Still not connected." : "Not connected."), rest, seconds);
    const again = part("button", { type: "button", class: "oc-btn quiet" }, "Try now");
    again.addEventListener("click", tryNow);
    bar.append(again);
    const count = () => {
      if (!isLong && Date.now() - since > LONG_MS) return showLost();
      const left = Math.ceil((nextAt - Date.now()) / 1000);
      seconds.textContent = left > 0 ? `Trying again in ${left} s.` : "Trying again now.";
    };
    clearInterval(tick);
    tick = setInterval(count, 250);
    count();
  }

  function showBack() {
    show(true, part("b", {}, "Connected again."), " Everything on this page is up to date.");
    const shown = bar;
    setTimeout(() => shown.remove(), BACK_MS);
  }

  function tryNow() {
    nextAt = 0;
    window.socket.disconnect().connect(); // ends the pause between two attempts
  }

  function lost(reason) {
    if (reason === "io client disconnect" || since) return;
    since = new Date();
    quiet = setTimeout(() => {
      sessionStorage.setItem(LOST, "1");
      disable();
      showLost();
    }, QUIET_MS);
  }

  function connected() {
    keepPage();
    clearTimeout(quiet);
    clearInterval(tick);
    since = null;
    enable();
    if (sessionStorage.getItem(LOST)) showBack();
    sessionStorage.removeItem(LOST);
  }

  function keepPage() {
    // NiceGUI loads the page again when an attempt takes too long: without a server only an error would be left.
    window.socket.off("connect_error");
    window.socket.on("connect_error", (error) => {
      if (error.message === "Implicit handshake failed") window.location.reload();
    });
  }

  // What needs the server says that it can't be pressed; links and forms that the browser sends itself still work.
  const needsServer = (element) => element && !bar?.contains(element) && !element.form?.hasAttribute("action");

  function disable() {
    disabled = [...document.querySelectorAll(PRESSED)].filter(
      (each) => needsServer(each) && each.getAttribute("aria-disabled") !== "true",
    );
    for (const each of disabled) each.setAttribute("aria-disabled", "true");
  }

  function enable() {
    for (const each of disabled) each.removeAttribute("aria-disabled");
    disabled = [];
  }

  function hold(event) {
    if (!bar || !since || !needsServer(event.target.closest?.(PRESSED))) return;
    if (event.type !== "click" && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function watch(socket) {
    const backoff = socket.io.backoff;
    const duration = backoff.duration.bind(backoff);
    backoff.duration = () => {
      const pause = duration();
      nextAt = Date.now() + pause;
      return pause;
    };
    socket.on("disconnect", lost);
    socket.on("connect", connected);
    for (const type of ["click", "keydown", "keyup"]) document.addEventListener(type, hold, true);
  }

  const waiting = setInterval(() => {
    if (!window.socket) return;
    clearInterval(waiting);
    watch(window.socket);
    if (window.socket.connected) connected();
  }, 50);
})();
