// Small line drawings, all on a field of 20 by 20, in the colour of the text.
const lines = {
  password: ["M4.4 10h.01M10 10h.01M15.6 10h.01"],
  passkey: ["M7 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M10.5 10H18M15.5 10v3M13 10v2"],
  pass: ["M3 6h14v2.4a1.7 1.7 0 0 0 0 3.2V14H3v-2.4a1.7 1.7 0 0 0 0-3.2Z", "M12 6.2v7.6"],
  app: ["M6 2.5h8v15H6Z", "M8.6 9.8l1.2 1.2 2-2.4"],
  hello: ["M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z", "M7.4 8h.01M12.6 8h.01", "M6.8 11.6c1.6 2 4.8 2 6.4 0"],
  phone: ["M6 2.5h8v15H6Z", "M9 15h2"],
  laptop: ["M4 4.5h12v8.5H4Z", "M2 16h16"],
  mail: ["M3 5h14v10H3Z", "M3.4 5.6 10 11l6.6-5.4"],
  manager: ["M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z", "M4 17c.3-3.4 2.7-5.4 6-5.4s5.7 2 6 5.4"],
  group: ["M7.5 9.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4Z", "M2.5 16.5c.2-3 2.1-4.8 5-4.8s4.8 1.8 5 4.8", "M13 9.2a2.3 2.3 0 1 0-.6-4.5M14.4 11.9c1.9.5 3 2 3.1 4.1"],
  shield: ["M10 2.5 16.5 5v4.6c0 3.8-2.6 6.6-6.5 8-3.9-1.4-6.5-4.2-6.5-8V5Z"],
  check: ["M4 10.5l4 4 8-9"],
  blocked: ["M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z", "M4.8 4.8l10.4 10.4"],
  info: ["M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z", "M10 9v4.6M10 6.4h.01"],
  cloud: ["M6 15.5h8.2a3.3 3.3 0 0 0 .4-6.6A4.8 4.8 0 0 0 5.4 10 2.8 2.8 0 0 0 6 15.5Z"],
  next: ["M8 5l5 5-5 5"],
  restart: ["M4.5 10a5.5 5.5 0 1 0 1.8-4.1", "M4 3.6l.6 3.4 3.4-.6"],
};

export function svg(viewBox, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  node.setAttribute("viewBox", viewBox);
  node.setAttribute("aria-hidden", "true");
  node.append(...children);
  return node;
}

export function path(d, attributes = {}) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", "path");
  node.setAttribute("d", d);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export function icon(name) {
  const node = svg("0 0 20 20", ...lines[name].map((d) => path(d)));
  node.classList.add("icon", name);
  return node;
}
