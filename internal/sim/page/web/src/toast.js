import { avatar, el } from "./dom.js";

const stay = 12_000;

// toast shows a notification as the Teams client does, until it is clicked,
// closed or old; a pointer on it makes it stay.
export function toast(shelf, name, text, go) {
  const close = () => node.remove();
  const node = el("div", { class: "toast" },
    avatar(name),
    el("button", { type: "button", class: "toast-go", onclick: () => { close(); go(); } },
      el("span", { class: "toast-to" }, `Passdesk, for ${name}`), el("span", { class: "toast-text" }, text)),
    el("button", { type: "button", class: "toast-close", "aria-label": "Close notification", onclick: close }, "×"));
  let timer = setTimeout(close, stay);
  node.addEventListener("pointerenter", () => clearTimeout(timer));
  node.addEventListener("pointerleave", () => (timer = setTimeout(close, stay)));
  shelf.append(node);
}
