import * as api from "./api.js";
import { clock, el } from "./dom.js";

const switches = {
  throttling: "Too many calls are refused (429)",
  delay: "Changes are seen some seconds later",
  lag: "Searches read an older index",
  logDelay: "Sign-ins reach the log minutes later",
};

// Traffic is Graph's part of the tenant's pane, and the line at its foot that
// shows the newest call and how full the buckets are.
export class Traffic {
  constructor(open) {
    this.calls = [];
    this.rows = new Map();
    this.warned = false;
    this.bars = el("div", { class: "buckets" });
    this.small = el("span", { class: "minis" });
    this.log = el("ol", { class: "calls" });
    this.none = el("p", { class: "hollow" }, "No call yet.");
    this.switches = el("div");
    this.manners = el("details", { class: "manners", hidden: true }, el("summary", {}, "Manners of this tenant"), this.switches);
    this.root = el("div", { class: "traffic" }, el("h3", {}, "Buckets"), this.bars, this.manners, el("h3", {}, "Calls"), this.none, this.log);
    this.last = el("span", { class: "last" }, "No call yet");
    this.ticker = el("button", { type: "button", class: "ticker", "aria-label": "Microsoft Graph: open its calls", onclick: open },
      el("span", { class: "label" }, "Graph"), this.small, this.last);
  }

  calm() {
    this.warned = false;
  }

  draw({ calls, person, manners, buckets }) {
    const known = new Set(this.calls.map((call) => call.id));
    if (calls.some((call) => call.status === 429 && !known.has(call.id) && this.calls.length)) this.warned = true;
    this.calls = calls;
    this.none.hidden = calls.length > 0;
    this.list(person.zone);
    this.offer(manners);
    const newest = calls.findLast((call) => call.path !== "/$batch") ?? calls.at(-1);
    if (newest) this.last.replaceChildren(el("span", { class: "verb" }, newest.method), el("span", { class: "path" }, brief(newest.path)), status(newest));
    this.measure(buckets ?? []);
  }

  // list shows the calls, newest first, those of a batch below it.
  list(zone) {
    const groups = new Map();
    for (const call of this.calls) {
      const key = call.batch || call.id;
      const group = groups.get(key) ?? { inner: [] };
      if (call.batch) group.inner.push(call);
      else group.head = call;
      groups.delete(key);
      groups.set(key, group);
    }
    const rows = [...groups.values()].reverse().flatMap(({ head, inner }) => [...(head ? [head] : []), ...inner]);
    for (const call of rows) if (!this.rows.has(call.id)) this.rows.set(call.id, line(call, zone));
    const wanted = rows.map((call) => this.rows.get(call.id));
    for (const id of this.rows.keys()) if (!this.calls.some((call) => call.id === id)) this.rows.delete(id);
    const have = [...this.log.children];
    if (wanted.length !== have.length || wanted.some((row, i) => row !== have[i])) this.log.replaceChildren(...wanted);
  }

  // measure shows how full each bucket is.
  measure(buckets) {
    this.filled = buckets.some(({ used }) => used > 0);
    if (this.bars.childElementCount !== buckets.length) {
      this.gauges = buckets.map((bucket) => [gauge(bucket), gauge(bucket)]);
      this.bars.replaceChildren(...this.gauges.map(([{ root }]) => root));
      this.small.replaceChildren(...this.gauges.slice(0, 2).map(([, { track }]) => track));
    }
    buckets.forEach((bucket, i) => this.gauges[i].forEach((one) => one.fill(bucket)));
  }

  offer(manners) {
    if (!manners) return;
    const signature = JSON.stringify(manners);
    if (signature === this.offered) return;
    this.offered = signature;
    const held = document.activeElement?.id;
    this.manners.hidden = false;
    this.switches.replaceChildren(...Object.entries(switches).filter(([name]) => name in manners).map(([name, label]) =>
      el("label", { class: "toggle" }, el("input", { type: "checkbox", role: "switch", id: `manner-${name}`, checked: manners[name], onchange: (event) => api.manners({ [name]: event.target.checked }) }), el("span", {}, label))));
    if (held?.startsWith("manner-")) document.getElementById(held)?.focus();
  }
}

function gauge({ name, most, period }) {
  const level = el("i");
  const track = el("span", { class: "track", role: "meter", "aria-label": `${name}, of ${most} in ${seconds(period)} s`, "aria-valuemin": "0", "aria-valuemax": String(most), "aria-valuenow": "0" }, level);
  const count = el("span", { class: "count" });
  const root = el("div", { class: "bucket" }, el("span", { class: "bucket-name" }, name[0].toUpperCase() + name.slice(1)), count, el("span", { class: "wide" }));
  root.lastChild.append(track);
  const fill = ({ used }) => {
    const shown = Math.min(used, most);
    level.style.width = `${Math.max((100 * shown) / most, shown ? 2 : 0)}%`;
    track.setAttribute("aria-valuenow", String(shown));
    track.classList.toggle("full", used >= most);
    count.textContent = `${used} of ${most} in ${seconds(period)} s`;
  };
  return { root, track, fill };
}

// seconds of a duration as Go writes it, such as 2m30s.
const seconds = (period) => [...period.matchAll(/([\d.]+)(m|s)/g)].reduce((sum, [, number, unit]) => sum + Number(number) * (unit === "m" ? 60 : 1), 0);

function line(call, zone) {
  return el("li", { class: `call${call.batch ? " inner" : ""}${call.status === 429 ? " throttled" : ""}` },
    el("span", { class: "verb" }, call.method),
    el("span", { class: "path", title: call.query ? `${call.path}?${call.query}` : call.path }, call.path === "/$batch" ? "batch" : call.path.slice(1), call.query ? el("span", { class: "query" }, `?${call.query}`) : null),
    status(call), el("time", { class: "unseen", datetime: call.at }, clock(call.at, zone)));
}

function status({ status: code }) {
  const tone = code === 429 ? "warning" : code >= 400 ? "attention" : "quiet";
  return el("span", { class: `badge ${tone}` }, code === 429 ? "429 throttled" : String(code || "…"));
}

const brief = (path) => (path === "/$batch" ? "batch" : path.slice(1));
