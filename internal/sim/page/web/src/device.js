import * as api from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { phones, screens } from "./screens.js";

const steps = ["Sign in", "Pass", "Set up", "Phone", "QR code", "Vault", "Name", "Done"];
const at = { account: 0, password: 0, ways: 0, pass: 1, secure: 2, info: 2, add: 2, authenticator: 2, trouble: 2, kind: 3, scan: 4, vault: 5, name: 6, failed: 6, done: 7 };
const onPhone = new Set(["vault"]);
const more = new Set([50072, 50079, 50125, 50203]); // something must be registered first
const factor = new Set([50074, 50076]); // another factor is wanted
const rescan = new Set(["bluetooth", "rescan"]);
const connected = (s) => s.bluetooth.laptop && s.bluetooth.phone;
const asked = { password: "password", pass: "pass", passkey: "passkey", authenticator: "app" };

// Device is somebody's laptop and phone: Entra's own pages, step by step. What a
// person has begun stays as it is while another one is looked at.
export class Device {
  constructor({ begun, changed }) {
    this.begun = begun;
    this.changed = changed;
    this.states = new Map(); // by alias
    this.running = new Map(); // by alias, the newest session: { session, platform, said }
    this.root = el("section", { class: "device", hidden: true });
  }

  update({ person, company, can, manners, now }) {
    this.root.hidden = !can.devices;
    const another = person.alias !== this.person?.alias;
    this.person = person;
    this.company = company;
    this.ahead = new Date(now) - Date.now();
    this.rescan = manners?.rescan;
    this.given = person.name.split(" ")[0];
    if (another) this.draw();
  }

  get state() {
    return this.states.get(this.person.alias);
  }

  start(platform) {
    this.begun();
    this.states.set(this.person.alias, { platform, step: "account", bluetooth: { laptop: true, phone: true }, scans: 0 });
    this.draw(true);
  }

  close() {
    this.states.delete(this.person.alias);
    this.draw(true);
  }

  signOut() {
    this.running.delete(this.person.alias);
    this.close();
  }

  // goOn uses the newest session, and says whether it still holds.
  async goOn() {
    const running = this.running.get(this.person.alias);
    const { ok, message, text } = await api.useSession(running.session);
    running.said = message ?? text;
    running.ok = ok;
    if (ok === false && this.state?.session === running.session) this.go("ended", { said: message });
    else this.draw();
  }

  go(step, change = {}) {
    Object.assign(this.state, { error: "" }, change, { step });
    this.draw(true);
  }

  // firstWay is what Entra asks for first.
  firstWay() {
    const { pass, methods } = this.person;
    if (methods.some((method) => method.kind === "fido2")) return "passkey";
    return pass?.state === "EnabledByPolicy" ? "pass" : "password";
  }

  async signIn(method, code = "") {
    const { state: s, person } = this;
    const outcome = await this.wait(s, api.signIn({ user: person.alias, platform: s.platform, method, code, otherWay: Boolean(s.otherWay) }));
    if (outcome) this.answered(s, outcome, method);
  }

  // answered goes where Entra's answer leads.
  answered(s, outcome, method) {
    Object.assign(s, { outcome, error: "" });
    const next = asked[outcome.asks];
    if (outcome.ok) this.opened(s, outcome, method);
    else if (next && outcome.asks !== method) s.step = next;
    else if (outcome.errorCode >= 53000 && outcome.errorCode < 54000) s.step = "blocked";
    else if (more.has(outcome.errorCode)) s.step = "more";
    else if (factor.has(outcome.errorCode)) s.step = "stuck";
    else s.error = outcome.message || `Sign-in failed (${outcome.errorCode}).`;
    this.draw(true);
    this.changed();
  }

  // opened is a session, which is fresh enough for a passkey for ten minutes after
  // a one-time pass and for five after anything else (Entra: register a passkey).
  opened(s, { session, goodFor }, method) {
    const minutes = method === "pass" && this.person.pass?.once ? 10 : 5;
    const until = new Date(Date.now() + this.ahead + minutes * 60_000);
    this.running.set(this.person.alias, { session, platform: s.platform });
    Object.assign(s, { session, until, scans: 0, step: goodFor === "registering" ? "secure" : "in" });
  }

  // scan connects the phone to the laptop. Without Bluetooth Entra says so at
  // once; the rest it says when the phone has made the passkey.
  async scan() {
    const s = this.state;
    s.scans++;
    if (connected(s)) {
      this.go("vault");
      return;
    }
    const result = await this.wait(s, api.register({ ...this.passkey("Microsoft Authenticator", ""), bluetooth: false }));
    if (result) this.refused(s, result);
  }

  async register(name) {
    const s = this.state;
    s.name = name;
    const result = await this.wait(s, api.register(this.passkey(s.vault, name)));
    if (!result) return;
    if (result.ok) this.go("done");
    else this.refused(s, result);
    this.changed();
  }

  // letFail turns the known error of the first scan on or off.
  async letFail(on) {
    this.rescan = on;
    await api.manners({ rescan: on });
  }

  passkey(model, name) {
    const { session, phone: platform } = this.state;
    return { session, model, platform, name, bluetooth: connected(this.state) };
  }

  // refused goes back to where what was wrong can be put right.
  refused(s, { why, reason }) {
    const step = rescan.has(why) ? "scan" : "failed";
    Object.assign(s, { step, why, error: reason });
    this.draw(true);
  }

  // wait shows that something is under way, and what went wrong with the
  // playground itself.
  async wait(s, call) {
    if (s.busy) return undefined;
    s.busy = true;
    this.root.classList.add("busy");
    this.root.setAttribute("aria-busy", "true");
    const answer = await call;
    s.busy = false;
    this.root.classList.remove("busy");
    this.root.removeAttribute("aria-busy");
    if (answer.outcome !== "failed") return answer;
    s.error = answer.text;
    this.draw(true);
    return undefined;
  }

  main() {
    this.root.querySelector(".actions .main")?.click();
  }

  draw(focus = false) {
    const s = this.state;
    this.root.replaceChildren(...(s ? this.open(s) : this.closed()).filter(Boolean));
    if (!focus) return;
    const first = ["input:not([type=checkbox])", "h4", "button"].map((kind) => this.root.querySelector(kind)).find(Boolean);
    first?.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "nearest" });
  }

  closed() {
    const tile = (platform, picture, name) =>
      el("button", { type: "button", class: "tile", "aria-label": `Sign in as ${this.given} on the ${name}`, onclick: () => this.start(platform) }, icon(picture), el("span", { class: "tile-name" }, name), el("span", { class: "tile-do" }, "Sign in"));
    return [el("h3", {}, `${this.given}’s devices`), el("div", { class: "tiles" }, tile("windows", "laptop", "Windows laptop"), tile("iOS", "phone", "iPhone"), tile("android", "phone", "Android phone")), this.session()];
  }

  // session is the one that goes on after a device was closed, or has ended.
  session() {
    const running = this.running.get(this.person.alias);
    if (!running) return null;
    const { platform, said, ok } = running;
    return el("div", { class: "running", role: "group", "aria-label": "Running session" },
      el("p", {}, `A session on the ${phones[platform] ?? "Windows laptop"}`), el("button", { type: "button", class: "chip", onclick: () => this.goOn() }, "Use the running session"),
      said ? el("p", { class: ok ? "about" : "error", role: "status" }, said) : null);
  }

  open(s) {
    const shown = screens[s.step](s, this);
    const away = s.platform === "windows" && onPhone.has(s.step); // from the laptop, for a moment
    const phone = s.platform !== "windows" || away;
    const name = away ? phones[s.phone] : (phones[s.platform] ?? "Windows laptop");
    const actions = shown.actions.map(([label, onclick], i) => el("button", { type: "button", class: i === 0 && !/^(Back|Cancel)$/.test(label) ? "main" : "", onclick }, label));
    const screen = el("div", { class: `screen${phone ? " handheld" : ""}`, role: "group", "aria-label": shown.title },
      away ? null : el("p", { class: "brand" }, el("span", { class: "dot", "aria-hidden": "true" }), this.company),
      s.step === "account" || away ? null : el("p", { class: "account" }, this.person.upn),
      el("h4", { tabindex: "-1" }, shown.good ? icon("check") : null, shown.title),
      shown.text ? el("p", { class: "words" }, shown.text) : null,
      s.error ? el("p", { class: "error", role: "alert" }, s.error) : null,
      ...(shown.parts ?? []),
      el("div", { class: "actions" }, ...actions.reverse()),
      shown.details ? details(shown.details) : null);
    return [
      el("div", { class: "bezel" }, el("h3", {}, icon(phone ? "phone" : "laptop"), `${this.given}’s ${name}`),
        s.platform === "windows" && s.step in at ? progress(at[s.step]) : null,
        el("button", { type: "button", class: "close", "aria-label": `Close ${this.given}’s ${name}`, onclick: () => this.close() }, "×")),
      screen,
      shown.hint ? el("p", { class: "hint-line" }, shown.hint) : null,
      shown.play,
      s.step === "in" || s.step === "secure" ? this.session() : null,
    ];
  }
}

function progress(now) {
  return el("p", { class: "steps", role: "img", "aria-label": `Step ${now + 1} of ${steps.length}: ${steps[now]}` }, ...steps.map((name, i) => el("i", { class: i < now ? "past" : i === now ? "here" : "", title: name })));
}

function details({ errorCode, correlationId, interrupts }) {
  const codes = [...new Set([...(interrupts ?? []), errorCode])].filter(Boolean).join(", ");
  return el("p", { class: "details" }, `Error code ${codes}`, el("span", {}, ` · ${correlationId}`));
}
