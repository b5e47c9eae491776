import { clock, el } from "./dom.js";
import { icon } from "./icons.js";
import { code } from "./qr.js";

// Screens of Entra's own pages, in the order in which they come. Each is made of
// the device's state s and what the device can do, d, and is {title, text, parts,
// actions, hint}: actions are the buttons, the first one the main one.

const vaults = {
  iOS: [["Microsoft Authenticator", "app"], ["iCloud Keychain", "cloud"]],
  android: [["Microsoft Authenticator", "app"], ["Google Password Manager", "cloud"]],
};

// otherVault are the refusals that are about where the passkey is kept.
const otherVault = new Set(["vault", "attestation", "platform"]);

export const phones = { iOS: "iPhone", android: "Android phone" };

export const screens = {
  account: (s, d) => ({
    title: "Sign in",
    parts: [fixed("Account", d.person.upn)],
    actions: [["Next", () => d.go(d.firstWay())]],
  }),

  password: (s, d) => ({
    title: "Enter password",
    parts: [fixed("Password", "•".repeat(14)), note(`${d.given} knows it.`), other(d)],
    actions: [["Sign in", () => d.signIn("password")]],
  }),

  ways: (s, d) => ({
    title: "Choose a way to sign in",
    parts: [choices("Ways to sign in", [
      ["Face, fingerprint, PIN or security key", "passkey", () => d.go("passkey")],
      ["Use a Temporary Access Pass", "pass", () => d.go("pass")],
      ["Approve a request on my Authenticator app", "app", () => d.go("app")],
      ["Use my password", "password", () => d.go("password")],
    ])],
    actions: [["Back", () => d.go("account")]],
  }),

  pass: (s, d) => ({
    title: "Enter Temporary Access Pass",
    parts: [secret(s, d), other(d)],
    actions: [["Sign in", () => d.signIn("pass", d.root.querySelector("#device-pass").value.trim())]],
  }),

  passkey: (s, d) => ({
    title: "Face, fingerprint, PIN or security key",
    text: "Your device opens a security window. Follow the instructions there.",
    parts: [other(d, true)],
    actions: [["Use the passkey", () => d.signIn("passkey")]],
  }),

  app: (s, d) => ({
    title: "Approve sign in request",
    text: "Open your Authenticator app and approve the request.",
    parts: [other(d, true)],
    actions: [["Approve it on the phone", () => d.signIn("authenticator")]],
  }),

  more: (s, d) => ({
    title: "More information required",
    text: `${d.company} needs more information to keep your account secure.`,
    actions: [["Next", () => d.go("stuck")]],
    details: s.outcome,
  }),

  stuck: (s, d) => ({
    title: "You need another method",
    text: "Adding a passkey takes multifactor authentication, and this account has nothing to do it with. Ask your help desk for a Temporary Access Pass.",
    parts: [link("I have a Temporary Access Pass", () => d.go("pass"))],
    actions: [["Cancel", () => d.close()]],
    details: s.outcome,
    hint: d.person.pass ? "" : "A pass comes through Passdesk: ask for it as Adele.",
  }),

  blocked: (s, d) => ({
    title: "You cannot access this right now",
    text: "Your sign-in was successful but does not meet the criteria to access this resource.",
    parts: [judged(s.outcome.policies)],
    actions: [["Close", () => d.close()]],
    details: s.outcome,
  }),

  in: (s, d) => ({
    title: "You are signed in",
    text: `${d.given} reaches everything that the policies allow.`,
    parts: [s.platform === "windows" ? link("Security info", () => d.go("info")) : null],
    actions: [["Sign out", () => d.signOut()]],
    good: true,
  }),

  ended: (s, d) => ({
    title: "Sign in again",
    text: s.said,
    actions: [["Sign in again", () => d.start(s.platform)], ["Cancel", () => d.close()]],
  }),

  info: (s, d) => ({
    title: "Security info",
    text: "These are the methods you use to sign in to your account.",
    parts: [el("ul", { class: "judged" }, ...d.person.methods.map(({ kind, name, model }) => el("li", {}, icon(kind === "fido2" ? "passkey" : "check"), el("span", {}, name || model || kind))))],
    actions: [["Add sign-in method", () => d.go("add")]],
  }),

  add: (s, d) => ({
    title: "Add a sign-in method",
    parts: [choices("Sign-in methods", [
      ["Passkey in Microsoft Authenticator", "app", () => d.go("authenticator")],
      ["Passkey", "passkey", () => d.go("secure")],
    ])],
    actions: [["Back", () => d.go("info")]],
  }),

  authenticator: (s, d) => ({
    title: "Create your passkey in Microsoft Authenticator",
    text: "Open Authenticator on your phone, choose your account, and sign in there to create a passkey.",
    parts: [link("Having trouble?", () => d.go("trouble"))],
    actions: [["Back", () => d.go("add")]],
    hint: `What can go wrong: ${d.given}’s phone may not sign in.`,
  }),

  trouble: (s, d) => ({
    title: "Having trouble?",
    text: "If you cannot sign in to Authenticator on your phone, you can",
    parts: [link("create your passkey a different way", () => d.go("kind", { vault: "Microsoft Authenticator" }))],
    actions: [["Back", () => d.go("authenticator")]],
  }),

  secure: (s, d) => ({
    title: "Set up a passkey",
    text: "A passkey takes the place of your password. It stays on your phone and works with your face, fingerprint or PIN.",
    parts: [note(`${s.outcome.message} Finish by ${clock(s.until, d.person.zone)}, while the sign-in is fresh.`),
      s.platform === "windows" ? link("Add another sign-in method", () => d.go("info")) : null],
    actions: [s.platform === "windows"
      ? ["Set up a passkey using another device", () => d.go("kind")]
      : ["Create a passkey on this phone", () => d.go("vault", { phone: s.platform })]],
    hint: "What can go wrong: wait too long here, by the clock above.",
  }),

  kind: (s, d) => ({
    title: "Choose the other device",
    text: "iPhone, iPad or Android",
    parts: [choices("Kinds of phone", [
      ["iPhone or iPad", "phone", () => d.go("scan", { phone: "iOS" })],
      ["Android", "phone", () => d.go("scan", { phone: "android" })],
    ])],
    actions: [["Back", () => d.go("secure")]],
  }),

  scan: (s, d) => ({
    title: "Scan this QR code",
    text: `Use the camera of your ${phones[s.phone]}. Bluetooth is on at both ends; they need not be paired.`,
    parts: [el("div", { class: "pair" },
      el("div", { class: "end", role: "group", "aria-label": "Laptop" }, el("div", { class: "view" }, code(`${s.session}${s.scans}`)), bluetooth("laptop", s)),
      el("div", { class: "end", role: "group", "aria-label": phones[s.phone] },
        el("div", { class: "view camera" }, icon("phone"), el("button", { type: "button", class: "main", onclick: () => d.scan() }, s.scans ? "Scan again" : "Scan")), bluetooth("phone", s)))],
    actions: [["Back", () => d.go("kind")]],
    hint: "What can go wrong: Bluetooth off at one end.",
    play: d.rescan === undefined ? null : el("label", { class: "toggle play" }, el("input", { type: "checkbox", role: "switch", checked: d.rescan, onchange: (event) => d.letFail(event.target.checked) }), el("span", {}, "Let the first scan fail, a known error")),
  }),

  vault: (s, d) => ({
    title: `Save a passkey for ${d.given}?`,
    text: "Choose where to keep it.",
    parts: [choices("Vaults", vaults[s.phone].map(([name, picture]) => [name, picture, () => d.go("name", { vault: name })]))],
    actions: [["Cancel", () => d.go(s.platform === "windows" ? "scan" : "secure")]],
    hint: "What can go wrong: a vault that the policy does not allow.",
  }),

  name: (s, d) => ({
    title: "Name your passkey",
    text: "Give it a name that tells it from others.",
    parts: [el("label", { class: "field" }, el("span", {}, "Name"), el("input", { id: "device-name", maxlength: "30", autocomplete: "off", value: s.name ?? `${d.given}’s ${phones[s.phone]}` }))],
    actions: [["Next", () => d.register(d.root.querySelector("#device-name").value.trim())]],
  }),

  failed: (s, d) => ({
    title: "The passkey was not registered",
    actions: otherVault.has(s.why) ? [["Choose another place", () => d.go("vault")], ["Cancel", () => d.close()]] : [["Sign in again", () => d.start(s.platform)]],
    hint: s.why === "passWindow" ? `${d.given} needs another pass: Adele can issue it again.` : "",
  }),

  done: (s, d) => ({
    title: "Passkey created",
    text: `${d.given} signs in with the ${phones[s.phone]} from now on.`,
    actions: [["Done", () => d.close()]],
    good: true,
  }),
};

const note = (text) => el("p", { class: "about" }, text);
const link = (text, onclick) => el("button", { type: "button", class: "link-button", onclick }, text);
const fixed = (label, value) => el("p", { class: "fixed" }, el("span", { class: "unseen" }, `${label}: `), value);

function other(d, otherWay = false) {
  return link("Other ways to sign in", () => d.go("ways", otherWay ? { otherWay: true } : {}));
}

function secret(s, d) {
  const input = el("input", { id: "device-pass", type: "password", autocomplete: "off", spellcheck: "false", maxlength: "64", onkeydown: (event) => event.key === "Enter" && d.main() });
  const show = el("input", { type: "checkbox", onchange: () => (input.type = show.checked ? "text" : "password") });
  return el("div", {}, el("label", { class: "field" }, el("span", {}, "Temporary Access Pass"), input), el("label", { class: "toggle" }, show, el("span", {}, "Show it")));
}

function choices(label, list) {
  return el("div", { class: "choices", role: "group", "aria-label": label }, ...list.map(([name, picture, onclick]) =>
    el("button", { type: "button", class: "choice", onclick }, icon(picture), el("span", {}, name), icon("next"))));
}

function bluetooth(end, s) {
  return el("label", { class: "toggle" },
    el("input", { type: "checkbox", role: "switch", checked: s.bluetooth[end], "aria-label": `Bluetooth on the ${end}`, onchange: (event) => (s.bluetooth[end] = event.target.checked) }), el("span", {}, "Bluetooth"));
}

const results = { success: "met", failure: "not met", notApplied: "does not apply", notEnabled: "off" };

function judged(policies) {
  return el("ul", { class: "judged" }, ...(policies ?? []).map(({ name, result }) =>
    el("li", {}, icon(result === "failure" ? "blocked" : result === "success" ? "check" : "info"), el("span", {}, name), el("span", { class: "about" }, results[result] ?? result))));
}
