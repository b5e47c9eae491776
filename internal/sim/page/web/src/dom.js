// el makes an element: el("p", {class: "note"}, "text", child).
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// initials of a name, for the round picture beside it.
export function initials(name) {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

// hue tells people apart; one name always has the same one.
export function hue(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % 12;
}

export function avatar(name) {
  return el("span", { class: "avatar", "data-hue": hue(name), "aria-hidden": "true" }, initials(name));
}

// clock is the time of day in somebody's own zone, with the day when it is
// another one than today.
export function clock(at, zone) {
  const when = new Date(at);
  const day = { timeZone: zone, day: "numeric", month: "short" };
  const time = when.toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  const same = when.toLocaleDateString("en-GB", day) === new Date().toLocaleDateString("en-GB", day);
  return same ? time : `${when.toLocaleDateString("en-GB", day)}, ${time}`;
}
