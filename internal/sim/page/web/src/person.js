import { personMenu } from "./behind.js";
import { clock, el } from "./dom.js";
import { icon } from "./icons.js";

const kinds = {
  password: ["password", "Password"],
  fido2: ["passkey", "Passkey"],
  microsoftAuthenticator: ["app", "Authenticator app"],
  windowsHelloForBusiness: ["hello", "Windows Hello"],
  phone: ["phone", "Phone"],
  softwareOath: ["app", "One-time codes"],
  email: ["mail", "Email"],
};
const states = {
  EnabledByPolicy: ["usable", "good"],
  DisabledByPolicy: ["switched off by policy", "attention"],
  Expired: ["run out", "quiet"],
  NotYetValid: ["not valid yet", "quiet"],
  OneTimeUsed: ["used", "quiet"],
};

// seen are the methods that were on the screen before, by person, so that a new
// one can be pointed at.
const seen = new Map();

// ways lists how somebody can sign in, and what is missing to it.
export function ways({ alias, methods, pass, zone }) {
  const before = seen.get(alias);
  const fresh = (id) => Boolean(before) && !before.has(id);
  const rows = methods.map((method) => {
    const [picture, title] = kinds[method.kind] ?? ["shield", method.kind];
    const about = [method.name, method.model !== method.name ? method.model : "", method.kind === "fido2" && method.synced ? "synced" : ""];
    return row(picture, title, about.filter(Boolean).join(" · "), { fresh: fresh(method.id) });
  });
  if (!methods.some((method) => method.kind === "fido2")) rows.push(row("passkey", "No passkey", "", { missing: true }));
  rows.push(passRow(pass, zone, fresh(pass?.start)));
  seen.set(alias, new Set([...methods.map((method) => method.id), pass?.start]));
  return [el("h3", {}, "Sign-in methods"), el("ul", { class: "rows" }, ...rows)];
}

function passRow(pass, zone, fresh) {
  if (!pass) return row("pass", "No pass", "", { missing: true });
  const [word, tone] = states[pass.state] ?? [pass.state, "quiet"];
  const masked = el("span", { class: "masked", "aria-label": "code not shown" }, "•".repeat(pass.length));
  const about = [masked, ` ${pass.once ? "once" : "as often as needed"} · `, pass.state === "NotYetValid" ? `from ${clock(pass.start, zone)}` : `until ${clock(pass.end, zone)}`];
  return row("pass", "Temporary Access Pass", about, { fresh, note: el("span", { class: `badge ${tone}` }, word) });
}

function row(picture, title, about, { fresh, missing, note } = {}) {
  return el("li", { class: ["row", fresh ? "fresh" : "", missing ? "missing" : ""].filter(Boolean).join(" ") }, el("span", { class: "glyph" }, icon(picture)),
    el("div", { class: "text" }, el("p", {}, title), about?.length ? el("p", { class: "about" }, ...[about].flat()) : null), note);
}

// facts are what else decides about somebody.
export function facts(person, change, leave) {
  const { enabled, guest, manager, groups } = person;
  const [open, menu] = change ? personMenu(person, leave) : [];
  const lines = [];
  if (!enabled) lines.push(["Account", "Disabled"]);
  if (guest) lines.push(["Account", "External guest"]);
  lines.push(["Manager", manager || "Nobody"]);
  lines.push(["Groups", groups.length ? groups.join(", ") : "None"]);
  return [el("div", { class: "title-line" }, el("h3", {}, "Account"), open), menu, el("dl", { class: "facts" }, ...lines.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]))].filter(Boolean);
}
