/* Nothing typed is lost. Each change is sent to the server within half a second, as a draft that only its writer can open.
   While the server cannot be reached, and only then, the text is kept on this computer: encrypted with a key that the server
   gives to the same person's own page alone, so that the next user of a shared desk cannot read it; it is deleted once sent. */
"use strict";

const form = document.querySelector("form[data-draft]");
const state = document.getElementById("draft-state");
const { draft: address, store, key } = form.dataset;
const tab = crypto.getRandomValues(new Uint32Array(2)).join("-"); // tells two open windows of one form apart
const PAUSE = 400, AGAIN = 3000; // milliseconds
const KEPT = "peelian-draft:";
let typed = 0, sent = 0, going = null, timer = 0, leaving = false;

function say(words, bad = false) {
  state.textContent = words;
  state.classList.toggle("bad", bad);
}

/** What stands in the form, without files and the mark against forged requests. */
function held() {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
}

async function cipher() {
  const raw = Uint8Array.from(atob(key), (c) => c.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const packed = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const unpacked = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** Keep the text here, encrypted; false where the browser cannot. */
async function keep() {
  if (!crypto.subtle) return false; // an address without TLS
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(held()));
  let sealed = "";
  for (const byte of new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await cipher(), text))) sealed += String.fromCharCode(byte);
  try {
    localStorage.setItem(KEPT + store, JSON.stringify({ at: Date.now(), iv: packed(iv), text: btoa(sealed) }));
  } catch { return false; }
  return true;
}

function forget() { localStorage.removeItem(KEPT + store); }

/** Put what was typed back into the form. */
function fill(pairs) {
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
  for (const input of form.elements) {
    if (!input.name || input.type === "hidden" || input.type === "file" || input.tagName === "BUTTON") continue;
    const told = values.get(input.name) || [];
    if (input.type === "radio" || input.type === "checkbox") input.checked = told.includes(input.value);
    else if (told.length) input.value = told[0];
  }
}

/** A fresh mark against forged requests: signing in again in another window changes it. Null while nobody is signed in. */
async function mark() {
  const answer = await fetch(form.dataset.mark, { redirect: "manual" });
  if (!answer.ok) return null;
  const told = await answer.json();
  if (told.store !== form.dataset.writer) return null; // somebody else has signed in
  form.elements.csrfmiddlewaretoken.value = told.mark;
  return told.mark;
}

async function post(last) {
  const body = new URLSearchParams(held());
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("tab", tab);
  return fetch(address, { method: "POST", body, redirect: "manual", keepalive: Boolean(last) });
}

/** Send the draft. Resolves to whether the server has all that was typed. */
async function send(last = false) {
  const upTo = typed;
  say("Saving…");
  let answer = null, out = false;
  try {
    answer = await post(last);
    if (!answer.ok && answer.status !== 413) {
      out = (await mark()) === null;
      if (!out) answer = await post(last);
    }
  } catch { answer = null; }
  if (answer && answer.ok) {
    const told = await answer.json();
    form.elements.form.value = told.form;
    form.elements.based.value = told.based;
    sent = upTo;
    forget();
    say(`Draft kept at ${told.at}`);
    return sent === typed;
  }
  const safe = await keep();
  say((out ? "You are signed out. Sign in again in another window; this page then goes on. "
    : "The server cannot be reached. ")
    + (safe ? "What you typed is kept on this computer, readable only to you, and sent as soon as that works."
      : "Leave this page open: what you typed is kept here and sent as soon as that works."), true);
  return false;
}

/** One request at a time, so that an older draft never overtakes a newer one. */
async function flush() {
  clearTimeout(timer);
  if (going) await going;
  if (sent === typed) return true;
  going = send();
  const done = await going;
  going = null;
  if (!done) timer = setTimeout(flush, sent === typed ? PAUSE : AGAIN);
  return done;
}

form.addEventListener("input", () => {
  typed++;
  clearTimeout(timer);
  timer = setTimeout(flush, PAUSE);
});
window.addEventListener("online", flush);
document.addEventListener("visibilitychange", () => { if (document.hidden && sent !== typed && !going && !leaving) send(true); });
window.addEventListener("beforeunload", (event) => { if (sent !== typed && !leaving) event.preventDefault(); });

/* The form goes only once the server has its draft: if it dies in between, opening the form again brings everything back,
   and the same form sent twice is saved once. */
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (leaving) return;
  leaving = true;
  const button = event.submitter;
  typed++;
  if (!(await flush())) {
    leaving = false;
    state.focus();
    return;
  }
  if (button && button.name) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  }
  form.submit();
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // back again: is it saved by now?

async function restore() {
  const week = Date.now() - 7 * 24 * 3600 * 1000;
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith(KEPT))) {
    if (JSON.parse(localStorage.getItem(name)).at < week) localStorage.removeItem(name);
  }
  const waiting = localStorage.getItem(KEPT + store);
  if (!waiting || !crypto.subtle) return;
  const { iv, text } = JSON.parse(waiting);
  try {
    const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unpacked(iv) }, await cipher(), unpacked(text));
    fill(JSON.parse(new TextDecoder().decode(clear)));
  } catch { return; } // another person's: not ours to read, and not ours to delete
  typed++;
  if (await flush()) say("What was kept on this computer while the server could not be reached is back, and is sent now.");
}
restore();
