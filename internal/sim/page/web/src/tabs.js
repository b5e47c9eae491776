import { el } from "./dom.js";

// tabList makes a list of tabs that is gone through by arrow keys, Home and End;
// choose is called with the index of the one that was taken.
export function tabList(list, names, choose) {
  const take = (index, focus) => {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === index));
      tab.tabIndex = i === index ? 0 : -1;
    });
    if (focus) tabs[index].focus();
    choose(index);
  };
  const key = (event, index) => {
    const last = tabs.length - 1;
    const to = { ArrowRight: index === last ? 0 : index + 1, ArrowLeft: index === 0 ? last : index - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    take(to, true);
  };
  const tabs = names.map(({ label, controls }, i) =>
    el("button", { type: "button", role: "tab", "aria-controls": controls, onclick: () => take(i), onkeydown: (event) => key(event, i) }, label ?? ""));
  list.replaceChildren(...tabs);
  return { tabs, take };
}
