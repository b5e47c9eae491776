import * as api from "./api.js";
import { el } from "./dom.js";

// Menus that change the tenant behind Passdesk's back, as an administrator does
// in Entra's own portal. A menu is drawn anew whenever the tenant has changed;
// what is open, and who is chosen in it, is kept here.
const opened = new Set(); // menus by id
const chosen = new Map(); // menu id to a person's key
let people = [];

// offer says who can be chosen: [{alias, name}].
export const offer = (list) => (people = list.map(({ alias, name }) => ({ key: alias, name })));

// policyMenu is the button and the menu of a policy.
export function policyMenu({ key, name, state, excluded, group, linked }) {
  const change = (what) => api.change("policies", key, what);
  const direct = excluded.find(({ by }) => !by).members;
  return menu(`policy-${key}`, name, (id) => [
    el("label", { class: "pick" }, el("span", {}, "State"), el("select", { id: `${id}-state`, onchange: (event) => run(event.target, () => change({ state: event.target.value })) },
      ...Object.entries({ enabled: "On", enabledForReportingButNotEnforced: "Report only", disabled: "Off" }).map(([value, label]) => el("option", { value, selected: value === state }, label)))),
    ...choose(id, direct, [
      { on: direct, yes: "Exclude directly", no: "End direct exclusion", add: (who) => change({ addExcludeUsers: [who] }), take: (who) => change({ removeExcludeUsers: [who] }) },
    ]),
    group.key ? toggle(`${id}-linked`, `Excludes ${group.name}`, linked, (on) => change(on ? { addExcludeGroups: [group.key] } : { removeExcludeGroups: [group.key] })) : null,
    remove(`${id}-delete`, "Delete policy", () => api.remove("policies", key)),
  ]);
}

// groupMenu is the button and the menu of a group.
export function groupMenu({ key, name, members, owners, dynamic, synced, assignable, restricted }) {
  const change = (what) => api.change("groups", key, what);
  const kinds = [
    ["dynamic", "Dynamic membership", dynamic, (on) => change({ membershipRule: on ? 'user.department -eq "Sales"' : "" })],
    ["synced", "Synced from on-premises", synced, (on) => change({ onPremisesSyncEnabled: on })],
    ["assignable", "Role-assignable", assignable, (on) => change({ isAssignableToRole: on })],
    ["restricted", "Restricted management", restricted, (on) => change({ isManagementRestricted: on })],
  ];
  return menu(`group-${key}`, name, (id) => [
    ...choose(id, [...members, ...owners], [
      { on: members, yes: "Add member", no: "Remove member", add: (who) => change({ add: [who] }), take: (who) => change({ remove: [who] }) },
      { on: owners, yes: "Make owner", no: "Remove owner", add: (who) => change({ addOwners: [who] }), take: (who) => change({ removeOwners: [who] }) },
    ]),
    ...kinds.map(([kind, label, on, turn]) => toggle(`${id}-${kind}`, label, on, turn)),
  ]);
}

// personMenu is the button and the menu of a person; leave is called before the
// person is deleted, so that nobody looks at them any more.
export function personMenu({ alias, name }, leave) {
  return menu(`person-${alias}`, name, (id) => [remove(`${id}-delete`, `Delete ${name}`, () => leave(alias, () => api.remove("people", alias)))]);
}

function menu(id, name, fill) {
  const label = `Change ${name} behind Passdesk’s back`;
  const body = el("div", { class: "menu", id: `${id}-menu`, role: "group", "aria-label": label, hidden: !opened.has(id) },
    el("p", { class: "about" }, "Behind Passdesk’s back"), ...fill(id), el("p", { class: "error", role: "alert", hidden: true }));
  const button = el("button", { type: "button", class: "dots-button", id: `${id}-open`, "aria-label": label, title: "Change it behind Passdesk’s back", "aria-controls": body.id, "aria-expanded": String(opened.has(id)), onclick: () => {
    const open = !opened.delete(id);
    if (open) opened.add(id);
    body.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  } }, "⋯");
  return [button, body];
}

// choose is a choice of a person, and what can be done with whoever is chosen:
// each act is {on, yes, no, add, take}, where on are those for whom it is done.
function choose(id, present, acts) {
  const known = [...people, ...present.filter(({ key }, i) => !people.some((one) => one.key === key) && present.findIndex((one) => one.key === key) === i)];
  const who = known.some(({ key }) => key === chosen.get(id)) ? chosen.get(id) : known[0]?.key;
  const buttons = acts.map(({ yes, no, add, take, on }, i) => {
    const there = () => on.some(({ key }) => key === select.value);
    const button = el("button", { type: "button", id: `${id}-act-${i}`, onclick: () => run(button, () => (there() ? take : add)(select.value)) });
    return { button, name: () => (button.textContent = there() ? no : yes) };
  });
  const select = el("select", { id: `${id}-who`, onchange: () => {
    chosen.set(id, select.value);
    buttons.forEach(({ name }) => name());
  } }, ...known.map(({ key, name }) => el("option", { value: key, selected: key === who }, name)));
  buttons.forEach(({ name }) => name());
  return [el("label", { class: "pick" }, el("span", {}, "Person"), select), el("div", { class: "acts" }, ...buttons.map(({ button }) => button))];
}

function toggle(id, label, on, turn) {
  const input = el("input", { type: "checkbox", role: "switch", id, checked: on, onchange: () => run(input, () => turn(input.checked)) });
  return el("label", { class: "toggle" }, input, el("span", {}, label));
}

function remove(id, label, go) {
  const button = el("button", { type: "button", class: "danger", id, onclick: () => run(button, go) }, label);
  return el("div", { class: "acts" }, button);
}

// run makes a change and says what was wrong with it; what came of it is drawn
// when the tenant tells that it has changed. The control is not disabled
// meanwhile, which would take the focus away from it.
async function run(control, go) {
  const menu = control.closest(".menu");
  if (menu.ariaBusy) return;
  menu.ariaBusy = "true";
  const { outcome, text } = await go();
  menu.ariaBusy = null;
  const error = menu.querySelector(".error");
  error.hidden = outcome !== "failed";
  error.textContent = text ?? "";
  if (outcome === "failed" && control.type === "checkbox") control.checked = !control.checked;
}
