import * as api from "./api.js";
import { offer } from "./behind.js";
import { avatar, el } from "./dom.js";
import { Device } from "./device.js";
import { icon } from "./icons.js";
import { facts, ways } from "./person.js";
import { groups, policies, signIns } from "./rules.js";
import { tabList } from "./tabs.js";
import { Traffic } from "./traffic.js";

const rooms = ["Person", "Policies", "Sign-ins", "Graph"];
const look = 15_000; // a pass runs out without any other change

// Tenant is the pane of everything behind the chats: a person with methods, pass
// and devices, the policies, who signed in, and Graph's calls.
export class Tenant {
  // leave is called with somebody who is about to be deleted, and the deletion.
  constructor(root, hint, leave) {
    this.root = root;
    this.leave = leave;
    this.hint = hint;
    this.drawn = new Map(); // part of the pane to what it shows
    this.build();
  }

  build() {
    this.time = el("p", { class: "now" });
    this.clock = el("div", { class: "clock", hidden: true }, ...[[10, "+10 min"], [60, "+1 h"]].map(([minutes, label]) =>
      el("button", { type: "button", class: "chip", "aria-label": `Move the clock by ${minutes === 60 ? "one hour" : "ten minutes"}`, onclick: (event) => this.advance(event.currentTarget, minutes) }, label)));
    this.face = el("span");
    this.select = el("select", { id: "who-tenant", onchange: () => this.show(this.select.value) });
    this.upn = el("p", { class: "title" });
    this.ways = el("div");
    this.facts = el("div");
    this.policies = el("div");
    this.groups = el("div");
    this.signIns = el("div");
    this.device = new Device({ begun: () => this.hint.followed(), changed: () => this.refresh() });
    this.traffic = new Traffic(() => this.take(3));
    const panels = [
      [el("div", { class: "whose" }, this.face, el("div", { class: "who" }, el("label", { class: "unseen", for: "who-tenant" }, "Whose account this is"), this.select, this.upn)),
        this.device.root, this.ways, this.facts],
      [this.policies, this.groups],
      [this.signIns],
      [this.traffic.root],
    ];
    this.panels = panels.map((parts, i) =>
      el("div", { class: "panel", id: `tenant-${i}`, role: "tabpanel", tabindex: "0", "aria-label": rooms[i], hidden: true }, ...parts));
    const list = el("div", { class: "parts", role: "tablist", "aria-label": "Parts of the tenant" });
    const { tabs, take } = tabList(list, rooms.map((label, i) => ({ label, controls: `tenant-${i}` })), (index) => this.turn(index));
    this.take = take;
    this.tabs = tabs;
    this.note = el("p", { class: "note", role: "alert", hidden: true });
    this.root.replaceChildren(
      el("header", { class: "head" }, el("span", { class: "avatar company", "aria-hidden": "true" }, icon("cloud")),
        el("div", { class: "who" }, this.company = el("h2", {}, "Tenant"), this.time), this.clock),
      list, this.note, ...this.panels, this.hint.root, this.traffic.ticker);
    take(0);
    setInterval(() => {
      this.tick();
      if (this.traffic.filled) this.refresh(); // buckets run empty as time passes
    }, 1000);
    setInterval(() => this.refresh(), look);
  }

  turn(index) {
    this.panels.forEach((panel, i) => (panel.hidden = i !== index));
    if (index === 3) this.traffic.calm();
    this.tabs?.[3].classList.remove("warned");
    this.hint.fits(index === 0);
  }

  offer(people) {
    this.people = people;
    offer(people);
    this.select.replaceChildren(...people.map((p) => el("option", { value: p.alias }, p.name)));
  }

  // show changes whose account is looked at.
  async show(alias) {
    this.alias = alias;
    this.select.value = alias;
    await this.refresh();
  }

  async refresh() {
    const { alias } = this;
    if (!alias) return;
    const turn = (this.turns = (this.turns ?? 0) + 1);
    let view;
    try {
      view = await api.tenant(alias);
    } catch {
      return; // the stream tells when the playground is back
    }
    if (turn < (this.drawnTurn ?? 0) || alias !== this.alias) return; // a later answer came first
    this.drawnTurn = turn;
    this.draw(view);
  }

  draw(view) {
    this.ahead = new Date(view.now) - Date.now();
    this.person = view.person;
    this.can = view.can;
    this.company.textContent = view.company;
    this.clock.hidden = !view.can.clock;
    this.tick();
    this.part("face", [view.person.name, view.person.upn], () => {
      this.face.replaceChildren(avatar(view.person.name));
      this.upn.textContent = [view.person.title, view.person.upn].filter(Boolean).join(" · ");
    });
    this.device.update(view);
    this.part("ways", [view.person.alias, view.person.methods, view.person.pass], () => this.ways.replaceChildren(...ways(view.person)));
    this.part("facts", view.person, () => this.facts.replaceChildren(...facts(view.person, view.can.change, this.leave)));
    this.part("policies", [view.policies, this.people], () => this.policies.replaceChildren(...policies(view.policies, view.can.change)));
    this.part("groups", [view.groups, this.people], () => this.groups.replaceChildren(...groups(view.groups, view.can.change)));
    this.part("signIns", view.signIns, () => this.signIns.replaceChildren(...signIns(view.signIns, this.person.zone)));
    this.traffic.draw(view);
    this.tabs[3].classList.toggle("warned", this.traffic.warned && this.panels[3].hidden);
  }

  // part draws what has changed and leaves the rest, with its focus, alone. A
  // control that is drawn anew keeps the focus by its id.
  part(name, value, draw) {
    const signature = JSON.stringify(value);
    if (this.drawn.get(name) === signature) return;
    this.drawn.set(name, signature);
    const held = document.activeElement?.id;
    draw();
    if (held && document.activeElement === document.body) document.getElementById(held)?.focus({ preventScroll: true });
  }

  tick() {
    if (!this.person) return;
    const now = new Date(Date.now() + this.ahead);
    const time = now.toLocaleTimeString("en-GB", { timeZone: this.person.zone, hour: "2-digit", minute: "2-digit" });
    const text = `${time} ${this.person.zone.split("/").at(-1).replace("_", " ")}${ahead(this.ahead)}`;
    if (this.time.textContent !== text) this.time.textContent = text;
  }

  async advance(button, minutes) {
    button.disabled = true;
    const { outcome, text } = await api.clock(minutes);
    button.disabled = false;
    this.note.textContent = outcome === "failed" ? text : "";
    this.note.hidden = outcome !== "failed";
    await this.refresh();
  }
}

function ahead(by) {
  const minutes = Math.round(by / 60_000);
  if (minutes < 1) return "";
  const hours = Math.floor(minutes / 60);
  return `, +${[hours ? `${hours} h` : "", minutes % 60 ? `${minutes % 60} min` : ""].filter(Boolean).join(" ")}`;
}
