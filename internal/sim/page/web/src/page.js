import * as api from "./api.js";
import { again } from "./again.js";
import { avatar, el } from "./dom.js";
import { Hint } from "./hints.js";
import { icon } from "./icons.js";
import { Pane } from "./pane.js";
import { tabList } from "./tabs.js";
import { Tenant } from "./tenant.js";
import { toast } from "./toast.js";

const example = "pass joni 60m for a new laptop";
const shelf = document.querySelector(".toasts");
const link = document.querySelector(".link");
const hints = [
  new Hint(1, "You are Adele at the help desk. Ask for Joni’s pass: ", el("button", { type: "button", class: "try", onclick: () => panes[0].fill(example) }, example)),
  new Hint(2, "Megan is Joni’s manager. What she decides comes here."),
  new Hint(3, "Joni’s first day: sign in on her laptop, and type the pass that Adele reads out."),
];
const panes = [...document.querySelectorAll(".pane")].map((root, i) =>
  new Pane(root, { alert: notify, named: rename, hint: Object.assign(hints[i], { of: ["adele", "megan"][i] }) }));
const tenant = new Tenant(document.querySelector("#tenant"), hints[2], leave);
const rooms = [...panes, tenant];
let tabs;

// One room at a time where there is no space for all: the tabs say which.
function turn(index) {
  rooms.forEach((room, i) => room.root.classList.toggle("here", i === index));
  tabs.tabs[index].classList.remove("news");
  rooms[index].down?.();
}

function rename(pane) {
  tabs.tabs[panes.indexOf(pane)].replaceChildren(avatar(pane.person.name), pane.person.name.split(" ")[0]);
}

function notify(pane, message) {
  const index = panes.indexOf(pane);
  if (!pane.root.classList.contains("here")) tabs.tabs[index].classList.add("news");
  toast(pane.root.offsetParent ? pane.shelf : shelf, pane.person.name, message.summary || message.text || "A new card", () => {
    tabs.take(index);
    const line = pane.drawn.get(message.id)?.node;
    line?.scrollIntoView({ block: "center" });
    line?.querySelector(".card")?.focus({ preventScroll: true });
  });
}

// leave looks at others in the place of somebody who is then deleted: what is
// asked of nobody is an error.
async function leave(alias, remove) {
  const others = tenant.people.filter((p) => p.alias !== alias);
  rooms.forEach((room) => {
    const now = room.select.value;
    room.offer(others);
    room.show(now === alias ? others[0].alias : now);
  });
  const answer = await remove();
  if (answer.outcome === "failed") rooms.forEach((room) => room.offer(tenant.people));
  return answer;
}

async function start() {
  const people = await api.people();
  const first = ["adele", "megan", "joni"];
  panes.forEach((pane) => (pane.root.id = `chat-${pane.root.dataset.side}`));
  tabs = tabList(document.querySelector(".tabs"), rooms.map((room) => ({ controls: room.root.id })), turn);
  tabs.tabs[2].replaceChildren(icon("cloud"), "Tenant");
  rooms.forEach((room) => room.offer(people));
  tabs.take(0);
  await Promise.all(rooms.map((room, i) => room.show((people.find((p) => p.alias === first[i]) ?? people[i]).alias)));
  again(document.querySelector(".again"), document.querySelector(".ask"), tenant.can.restart);
  api.listen({
    chats: () => panes.forEach((pane) => pane.refresh()),
    tenant: () => tenant.refresh(),
    connected: (there) => (link.hidden = there),
    anew: () => location.reload(),
  });
  document.body.dataset.ready = "yes";
}

start().catch((fault) => {
  link.textContent = `The page could not start: ${fault.message}`;
  link.hidden = false;
});
