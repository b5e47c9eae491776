import { el } from "./dom.js";

const kept = "passdesk.hints";

const gone = () => {
  try {
    return new Set(JSON.parse(localStorage.getItem(kept) ?? "[]"));
  } catch {
    return new Set();
  }
};

// Hint is one sentence of a first visit. It goes when it is closed or has been
// followed, and does not come back until everything starts over.
export class Hint {
  constructor(number, ...words) {
    this.number = number;
    this.open = !gone().has(number);
    this.root = el("aside", { class: "hint", "aria-label": `Hint ${number} of 3`, hidden: !this.open },
      el("span", { class: "number", "aria-hidden": "true" }, String(number)), el("p", {}, ...words),
      el("button", { type: "button", class: "hint-close", "aria-label": `Close hint ${number}`, onclick: () => this.followed() }, "×"));
  }

  // fits says whether it makes sense where one looks now.
  fits(on) {
    this.root.hidden = !this.open || !on;
  }

  followed() {
    if (!this.open) return;
    this.open = false;
    this.root.hidden = true;
    try {
      localStorage.setItem(kept, JSON.stringify([...gone().add(this.number)]));
    } catch {
      // a browser that keeps nothing shows it again next time
    }
  }
}

// forget brings the hints back at the next visit.
export function forget() {
  try {
    localStorage.removeItem(kept);
  } catch {
    // nothing was kept
  }
}
