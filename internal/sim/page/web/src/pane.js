import * as api from "./api.js";
import { draw } from "./card.js";
import { avatar, clock, el } from "./dom.js";
import { markdown } from "./markdown.js";

const bot = "Passdesk";
const html = globalThis.trustedTypes?.createPolicy("passdesk#markdown", { createHTML: (safe) => safe }) ?? { createHTML: (safe) => safe };

// Pane is one person's Teams: a choice of whose, the chat with the bot, and a
// box to write in.
export class Pane {
  constructor(root, { alert, named, hint }) {
    this.root = root;
    this.hint = hint; // { of: whose first visit it is for, root, … }
    this.alert = alert;
    this.named = named;
    this.drawn = new Map(); // message id to { node, signature }
    this.seen = new Set();
    this.waiting = 0;
    this.build();
  }

  build() {
    const id = `who-${this.root.dataset.side}`;
    this.face = el("span");
    this.select = el("select", { id, onchange: () => this.show(this.select.value) });
    this.title = el("p", { class: "title" });
    this.rooms = el("select", { id: `${id}-chat`, onchange: () => this.enter(this.rooms.value) });
    this.log = el("ol", { class: "messages" });
    this.empty = el("div", { class: "empty" });
    this.typing = el("p", { class: "typing", role: "status", hidden: true }, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), el("span", { class: "unseen" }, `${bot} is typing`));
    this.scroll = el("div", { class: "scroll", role: "log", "aria-live": "polite", tabindex: "0" }, this.empty, this.log, this.typing);
    this.shelf = el("div", { class: "toasts", role: "region", "aria-live": "polite" });
    this.note = el("p", { class: "note", role: "alert", hidden: true });
    this.text = el("textarea", { rows: "1", maxlength: "2000", autocomplete: "off", spellcheck: "false", enterkeyhint: "send", oninput: () => this.grow(), onkeydown: (event) => this.key(event) });
    this.compose = el("form", { class: "compose", onsubmit: (event) => this.submit(event) }, this.text, sendButton());
    this.root.replaceChildren(
      el("header", { class: "head" }, this.face,
        el("div", { class: "who" }, el("label", { class: "unseen", for: id }, "Whose Teams this is"), this.select, this.title),
        el("div", { class: "with" }, el("label", { class: "unseen", for: `${id}-chat` }, "Chat"), el("img", { src: "/assets/icon.svg", alt: "", width: 20, height: 20 }), this.rooms)),
      this.shelf, this.scroll, this.hint.root, this.note, this.compose);
  }

  // offer lists who can be looked at.
  offer(people) {
    this.people = people;
    this.select.replaceChildren(...people.map((p) => el("option", { value: p.alias }, p.name)));
  }

  // show changes whose Teams this is.
  async show(alias) {
    this.person = this.people.find((p) => p.alias === alias);
    this.select.value = alias;
    this.face.replaceChildren(avatar(this.person.name));
    this.title.textContent = this.person.title || "No job title";
    this.root.setAttribute("aria-label", `${this.person.name}'s Teams`);
    this.shelf.setAttribute("aria-label", `Notifications for ${this.person.name}`);
    this.shelf.replaceChildren();
    this.named(this);
    await this.enter("");
  }

  // enter opens one of the person's chats; an empty id is the one with the bot.
  async enter(id) {
    this.room = id;
    this.chat = undefined;
    this.fresh = true;
    this.drawn.clear();
    this.seen.clear();
    this.log.replaceChildren();
    this.tell("");
    await this.refresh();
  }

  // choose takes the chat that is looked at out of all of the person's, and says
  // so wherever it is named.
  choose(chats) {
    const personal = chats.find((chat) => chat.type === "personal");
    const shared = chats.filter((chat) => chat.type !== "personal");
    this.chat = shared.find((chat) => chat.id === this.room) ?? personal;
    const options = [["", bot], ...shared.map((chat) => [chat.id, chat.name || "Group chat"])];
    const label = JSON.stringify([this.person.alias, this.chat?.id, options]);
    if (label === this.label) return;
    this.label = label;
    this.rooms.replaceChildren(...options.map(([value, name]) => el("option", { value }, name)));
    this.rooms.value = this.chat === personal ? "" : this.room;
    this.rooms.disabled = options.length < 2;
    const given = this.person.name.split(" ")[0];
    const place = this.chat === personal ? bot : this.chat.name || "the group chat";
    this.scroll.setAttribute("aria-label", `${this.person.name}'s chat with ${place}`);
    this.text.setAttribute("aria-label", `Message to ${place} as ${this.person.name}`);
    this.text.placeholder = this.chat === personal ? `Write to ${bot} as ${given}` : `Write as ${given}; @${bot} calls the bot`;
    this.empty.replaceChildren(...this.welcome(given, Boolean(personal)));
    if (this.chat) api.open({ person: this.person.alias, conversation: this.chat.id });
  }

  // welcome is what an empty chat shows.
  welcome(given, installed) {
    if (installed) return [el("p", {}, `Nothing here for ${given} yet.`), el("p", { class: "quiet" }, "What needs an answer appears by itself.")];
    return [el("p", {}, `${given} does not have ${bot} in Teams.`), el("p", { class: "quiet" }, "Writing to it adds it, as from the app store.")];
  }

  // guide shows the hint of a first visit where it belongs, until it was followed.
  guide(messages) {
    const { alias } = this.person;
    if (alias === "adele" && messages.some((message) => message.from === alias)) this.hint.followed();
    this.hint.fits(alias === this.hint.of && this.chat?.type === "personal");
  }

  fill(text) {
    this.text.value = text;
    this.grow();
    this.text.focus();
  }

  // refresh reads the chat anew; calls that come meanwhile are one more round.
  async refresh() {
    if (this.reading) {
      this.again = true;
      return this.reading;
    }
    this.reading = this.read().finally(() => {
      this.reading = undefined;
      if (this.again) {
        this.again = false;
        return this.refresh();
      }
    });
    return this.reading;
  }

  async read() {
    const { alias } = this.person;
    const { room } = this;
    let chats;
    try {
      chats = await api.chats(alias);
    } catch {
      return; // the stream tells when the playground is back
    }
    if (alias !== this.person.alias || room !== this.room) return this.read();
    this.choose(chats);
    this.draw(this.chat?.messages ?? []);
    this.fresh = false;
  }

  // draw brings the screen up to the messages and touches only what changed, so
  // that half-filled forms stay.
  draw(messages) {
    const low = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 80;
    let news = false;
    for (const message of messages) {
      const placed = this.place(message);
      news ||= placed === "new" || (placed === "changed" && message === messages.at(-1));
      if (this.seen.has(message.id)) continue;
      this.seen.add(message.id);
      if (!this.fresh && message.alert) this.alert(this, message);
    }
    this.empty.hidden = messages.length > 0;
    this.guide(messages);
    if (news && (low || this.fresh)) this.down();
  }

  place(message) {
    const signature = JSON.stringify([message.text, message.textFormat, message.view, message.deleted, message.editedAt]);
    const old = this.drawn.get(message.id);
    if (old?.signature === signature) return "same";
    const node = this.row(message);
    if (old) {
      const held = old.node.contains(document.activeElement);
      old.node.replaceWith(node);
      if (held) node.querySelector(".card")?.focus({ preventScroll: true });
    } else {
      this.log.append(node);
    }
    this.drawn.set(message.id, { node, signature });
    return old ? "changed" : "new";
  }

  row(message) {
    const own = message.from === this.person.alias;
    const name = message.from === "bot" ? bot : (this.chat.members.find((member) => member.alias === message.from)?.name ?? message.from);
    const time = el("time", { datetime: message.at }, clock(message.at, this.person.zone));
    const head = el("p", { class: "meta" }, el("span", { class: own ? "unseen" : "from" }, name), " ", time, message.editedAt ? el("span", { class: "edited" }, "Edited") : null);
    const row = el("li", { class: own ? "line own" : "line", "data-id": message.id });
    const face = message.from === "bot" ? el("img", { class: "mark", src: "/assets/icon.svg", alt: "", width: 32, height: 32 }) : avatar(name);
    row.append(own ? "" : face, el("div", { class: "content" }, head, ...this.body(message)));
    return row;
  }

  body(message) {
    if (message.deleted) return [el("p", { class: "bubble gone" }, "This message has been deleted.")];
    const parts = [];
    if (message.text) parts.push(bubble(message));
    if (message.view) {
      const card = el("div", { class: "card", role: "group", "aria-label": `Card from ${bot}`, tabindex: "-1" });
      card.append(draw(message.view, (action, inputs) => this.press(message.id, action, inputs, card)));
      parts.push(card, el("p", { class: "under", hidden: true }));
    }
    for (const attached of message.attachments) parts.push(...this.file(message.id, attached));
    return parts;
  }

  // file shows a file that is offered, or that is there.
  file(message, { contentType, name, content }) {
    if (contentType === "application/vnd.microsoft.teams.card.file.info") {
      return [el("div", { class: "card", role: "group" }, el("p", {}, el("strong", {}, name)), el("p", {}, "It is in your OneDrive."))];
    }
    if (contentType !== "application/vnd.microsoft.teams.card.file.consent") return [];
    const card = el("div", { class: "card", role: "group", "aria-label": `File from ${bot}`, tabindex: "-1" });
    const choose = (title, accept) => {
      const button = el("button", { type: "button", class: "ac-pushButton" }, title);
      button.addEventListener("click", () => this.consent(message, accept, card));
      return button;
    };
    card.append(
      el("p", {}, el("strong", {}, name), ` (${Math.ceil(content.sizeInBytes / 1024)} KB)`),
      el("p", {}, content.description),
      el("p", {}, choose("Allow", true), " ", choose("Decline", false)),
    );
    return [card, el("p", { class: "under", hidden: true })];
  }

  async consent(message, accept, card) {
    if (card.classList.contains("busy")) return;
    busy(card, true);
    const answer = await api.consent({ person: this.person.alias, message, accept });
    await this.refresh();
    busy(card, false);
    this.below(message, answer);
  }

  async press(message, action, inputs, card) {
    if (card.classList.contains("busy")) return;
    busy(card, true);
    this.shelf.replaceChildren(); // whoever acts has seen what is new
    if (this.person.alias === "megan") this.hint.followed();
    this.below(message, { outcome: "done" });
    const { alias: person } = this.person;
    const answer = await api.press({ person, conversation: this.chat.id, message, action, inputs });
    await this.refresh();
    busy(card, false);
    if (person !== this.person.alias) return;
    this.reveal(this.drawn.get(message)?.node);
    this.below(message, answer);
  }

  // below shows what came of a press under the card, which may be another one by
  // now.
  below(message, { outcome, text }) {
    const line = this.drawn.get(message)?.node.querySelector(".under");
    if (!line) return;
    line.hidden = outcome === "done";
    line.className = `under ${outcome}`;
    line.setAttribute("role", outcome === "failed" ? "alert" : "status");
    line.textContent = text ?? "";
    if (!line.hidden) line.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.compose.requestSubmit();
  }

  async submit(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    this.grow();
    this.tell("");
    this.shelf.replaceChildren();
    this.wait(1);
    const answer = await api.say({ person: this.person.alias, conversation: this.chat?.id ?? "", text });
    await this.refresh();
    this.wait(-1);
    this.down();
    if (answer.outcome === "failed") this.tell(answer.text);
  }

  wait(change) {
    this.waiting += change;
    this.typing.hidden = this.waiting === 0;
    if (this.waiting) this.down();
  }

  tell(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 140)}px`;
  }

  // down shows the newest message.
  down() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    if (this.typing.hidden) this.reveal(this.log.lastElementChild);
  }

  // reveal brings a message into sight; of one taller than the room, the top.
  reveal(row) {
    const tall = row?.offsetHeight > this.scroll.clientHeight - 40;
    row?.scrollIntoView({ block: tall ? "start" : "nearest" });
  }
}

function bubble({ text, textFormat, from }) {
  const node = el("div", { class: "bubble" });
  if (from !== "bot" || textFormat === "plain") node.append(el("p", {}, text));
  else node.innerHTML = html.createHTML(markdown(text));
  return node;
}

// busy makes a card wait: its buttons do nothing until the answer is there.
function busy(card, on) {
  card.classList.toggle("busy", on);
  card.setAttribute("aria-busy", String(on));
}

function sendButton() {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M3.2 3.6 17.6 10 3.2 16.4 5 10.9 11.6 10 5 9.1Z");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return el("button", { class: "send", "aria-label": "Send" }, svg);
}
