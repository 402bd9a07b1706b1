// Passkeys in the browser: fetches a question, has it answered, posts the answer. See pages/accounts/passkey_routes.py.
// Loaded by every page where passkeys are offered; `data-origin` is the only origin they work on.
(() => {
  "use strict";
  const isOffered = window.PublicKeyCredential && window.isSecureContext && location.origin === document.currentScript.dataset.origin;
  if (!isOffered) return;
  document.documentElement.dataset.passkeys = "yes"; // the style sheet shows what needs them

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const withBytes = (described) => (described || []).map((each) => ({ ...each, id: bytes(each.id) }));

  let isBusy = false; // a second question would cancel the first

  async function post(path, body = {}) {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.redirected) {
      location.assign(response.url); // logged out meanwhile
      throw new DOMException("", "NotAllowedError");
    }
    const answer = await response.json();
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  function told(credential) {
    const { response } = credential;
    const parts = { clientDataJSON: text(response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[part]) parts[part] = text(response[part]);
    }
    if (response.getTransports) parts.transports = response.getTransports();
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts };
  }

  // What happened, in a word: the page has the sentences. Empty: somebody cancelled, and nothing is said.
  function reason(error) {
    if (["NotAllowedError", "AbortError"].includes(error.name)) return "";
    if (error.name === "InvalidStateError") return "known";
    if (error instanceof TypeError) return "offline";
    return error.message === "busy" ? "busy" : "refused";
  }

  async function once(ceremony) {
    if (isBusy) return { error: "" };
    isBusy = true;
    try {
      return await ceremony();
    } catch (error) {
      return { error: reason(error) };
    } finally {
      isBusy = false;
    }
  }

  window.oncallPasskeys = {
    // Opens the page it may lead to. Returns why not, in a word.
    async logIn(next) {
      const outcome = await once(async () => {
        const options = await post("/login/passkey/options");
        const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) };
        const credential = await navigator.credentials.get({ publicKey });
        const trust = Boolean(document.querySelector("input[name=trust]")?.checked);
        return post("/login/passkey", { answer: told(credential), next, trust });
      });
      if (outcome.to) location.assign(outcome.to);
      return outcome.error || "";
    },

    // Returns the recovery codes to show, if any, or why there is no new passkey.
    async create() {
      return once(async () => {
        const options = await post("/you/passkeys/options");
        const publicKey = {
          ...options,
          challenge: bytes(options.challenge),
          user: { ...options.user, id: bytes(options.user.id) },
          excludeCredentials: withBytes(options.excludeCredentials),
        };
        const credential = await navigator.credentials.create({ publicKey });
        return { codes: [], ...(await post("/you/passkeys", { answer: told(credential) })) };
      });
    },
  };
})();
