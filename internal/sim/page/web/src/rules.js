import { groupMenu, policyMenu } from "./behind.js";
import { clock, el } from "./dom.js";
import { icon } from "./icons.js";

const states = { enabled: ["on", "good"], disabled: ["off", "quiet"], enabledForReportingButNotEnforced: ["report only", "quiet"] };
const asked = new Set([50072, 50074, 50076, 50079, 50097, 50125, 50140, 50199, 50203]); // interrupts: a question, not yet a no

// policies shows what each demands, and who does not have to, and why not.
export function policies(list, change) {
  return [el("h3", {}, "Conditional Access"), ...list.map((policy) => {
    const { name, state, does, excluded, group, linked } = policy;
    const [open, menu] = change ? policyMenu(policy) : [];
    const [word, tone] = states[state] ?? [state, "quiet"];
    return el("section", { class: "rule", "aria-label": name },
      el("p", { class: "name" }, icon("shield"), el("span", {}, name), el("span", { class: `badge ${tone}` }, word), open),
      el("p", { class: "does" }, does),
      ...excluded.map(({ by, members }) => el("p", { class: "about way" }, by ? `Excluded by ${by}: ` : "Excluded directly: ", ...people(members))),
      group.key && !linked ? el("p", { class: "about way" }, `Excluded by ${group.name}: `, el("span", { class: "badge attention" }, "not linked")) : null,
      menu);
  })];
}

const unfit = { dynamic: "dynamic", synced: "synced", assignable: "role-assignable", restricted: "restricted" };

// groups are those with a part in the stories, and who is in them.
export function groups(list, change) {
  return [el("h3", {}, "Groups"), el("ul", { class: "rows" }, ...list.map((group) => {
    const { name, about, members, owners, excludes } = group;
    const [open, menu] = change && excludes ? groupMenu(group) : [];
    const kinds = excludes ? Object.keys(unfit).filter((kind) => group[kind]) : [];
    return el("li", { class: "row" }, el("span", { class: "glyph" }, icon("group")),
      el("div", { class: "text" },
        el("div", { class: "title-line" }, el("p", {}, name), open),
        kinds.length ? el("p", { class: "kinds" }, ...kinds.map((kind) => el("span", { class: "badge attention" }, unfit[kind]))) : null,
        el("p", { class: "about" }, about), el("p", { class: "members" }, ...people(members)),
        owners.length ? el("p", { class: "about" }, "Owned by ", ...people(owners)) : null,
        menu));
  }))];
}

const after = (codes) => (codes.length ? ` After ${codes.join(", ")}.` : "");

const people = (list) => (list.length ? list.map(({ name, through }) => el("span", { class: "name-chip" }, through ? `${name}, in ${through}` : name)) : [el("span", { class: "nobody" }, "nobody")]);

// signIns are what the log will say, which the bot reads some minutes later.
export function signIns(list, zone) {
  if (!list.length) return [el("h3", {}, "Sign-ins"), el("p", { class: "hollow" }, "Nobody has signed in yet. Try it on somebody’s laptop or phone.")];
  return [el("h3", {}, "Sign-ins"), el("ul", { class: "rows" }, ...list.map((entry) => {
    const tone = entry.code === 0 ? "good" : asked.has(entry.code) ? "quiet" : "attention";
    return el("li", { class: "row" }, el("span", { class: "glyph" }, icon(entry.code === 0 ? "check" : tone === "quiet" ? "info" : "blocked")),
      el("div", { class: "text" },
        el("p", {}, `${entry.person} · ${entry.device || "unknown device"}`),
        el("p", { class: "about" }, `${clock(entry.at, zone)} · ${entry.code === 0 ? "Signed in." : entry.reason}${after(entry.interrupts)}`),
        entry.failed.length ? el("p", { class: "about" }, `Not met: ${entry.failed.join(", ")}`) : null),
      el("span", { class: `badge ${tone}` }, entry.code === 0 ? "ok" : String(entry.code)));
  }))];
}
