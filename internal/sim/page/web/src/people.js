import { ChoiceSetInput } from "adaptivecards";
import * as api from "./api.js";
import { el } from "./dom.js";

const dataset = "graph.microsoft.com/users";
let count = 0;

// PeopleChoiceSet is Input.ChoiceSet with Teams' people picker: where the card
// asks for Data.Query on the directory, the client searches by itself and sends
// the object id of whoever was picked (Teams: "People Picker in Adaptive
// Cards"). Every other choice set stays the renderer's.
export class PeopleChoiceSet extends ChoiceSetInput {
  get picks() {
    return this.choicesData?.type === "Data.Query" && this.choicesData.dataset?.split("?")[0] === dataset && !this.isMultiSelect;
  }

  isDynamicTypeahead() {
    return false; // the renderer's own needs a bot that answers, and sends text where Teams sends an id
  }

  internalRender() {
    if (!this.picks) return super.internalRender();
    const start = this.choices.find((choice) => choice.value === this.defaultValue);
    this.picked = this.defaultValue || undefined;
    this.errorMessage ??= "Pick a person from the list.";
    this.box = el("input", {
      type: "text", class: "ac-input ac-textInput people-box", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", placeholder: this.placeholder || "Search for a person",
      oninput: () => this.typed(), onkeydown: (event) => this.key(event), onblur: () => this.close(), onfocus: () => this.box.select(),
    });
    this.box.value = start?.title ?? this.defaultValue ?? "";
    this.list = el("ul", { class: "people-list", role: "listbox", id: `people-${++count}`, "aria-label": "People found", hidden: true });
    this.box.setAttribute("aria-controls", this.list.id);
    return this.box;
  }

  overrideInternalRender() {
    const element = super.overrideInternalRender();
    if (this.picks && element) {
      this.inputControlContainerElement.classList.add("people");
      this.inputControlContainerElement.append(this.list);
    }
    return element;
  }

  typed() {
    this.picked = undefined;
    this.valueChanged();
    clearTimeout(this.wait);
    this.wait = setTimeout(() => this.find(this.box.value.trim()), 120);
  }

  async find(words) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    let found = this.choices.map((choice) => ({ title: choice.title, value: choice.value }));
    if (words) {
      try {
        found = await api.search(words);
      } catch {
        found = [];
      }
    }
    if (turn === this.turn && document.activeElement === this.box) this.offer(found);
  }

  offer(found) {
    const lines = found.map(({ title, subtitle, value }, i) =>
      el(
        "li",
        { role: "option", id: `${this.list.id}-${i}`, "aria-selected": "false", onmousedown: (event) => {
          event.preventDefault();
          this.pick({ title, value });
        } },
        el("span", { class: "people-name" }, title),
        subtitle ? el("span", { class: "people-upn" }, subtitle) : null,
      ),
    );
    this.found = found;
    if (!lines.length) lines.push(el("li", { class: "people-none", role: "option", "aria-disabled": "true" }, "Nobody found"));
    this.list.replaceChildren(...lines);
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.mark(found.length ? 0 : -1);
  }

  mark(index) {
    this.marked = index;
    [...this.list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === index)));
    if (index < 0) this.box.removeAttribute("aria-activedescendant");
    else this.box.setAttribute("aria-activedescendant", this.list.children[index].id);
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.key === "ArrowDown" && this.list.hidden) this.find(this.picked ? "" : this.box.value.trim());
    else if (this.list.hidden) return;
    else if (event.key === "ArrowDown") this.mark(Math.min(this.marked + 1, this.found.length - 1));
    else if (event.key === "ArrowUp") this.mark(Math.max(this.marked - 1, 0));
    else if (event.key === "Enter" && this.found[this.marked]) this.pick(this.found[this.marked]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  pick({ title, value }) {
    this.box.value = title;
    this.picked = value;
    this.close();
    this.valueChanged();
  }

  close() {
    clearTimeout(this.wait);
    this.turn = (this.turn ?? 0) + 1;
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  focus() {
    if (this.picks) this.box?.focus();
    else super.focus();
  }

  isSet() {
    return this.picks ? Boolean(this.picked) : super.isSet();
  }

  isValid() {
    if (!this.picks) return super.isValid();
    return this.picked ? true : !this.box?.value.trim() && !this.isRequired;
  }

  get value() {
    return this.picks ? this.picked : super.value;
  }
}
