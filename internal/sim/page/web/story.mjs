// Plays stories on the page in real Chromium. A story is a module that calls
// play(async (story) => …); it is run as `node STORY URL SHOTS`, where SHOTS is
// the folder for screenshots. A story fails when a step does not come true
// within its time, when the console shows an error, or when the browser asks
// any host but this machine.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const browsers = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];
const looks = {
  desk: { viewport: { width: 1360, height: 860 } },
  dark: { viewport: { width: 1360, height: 860 }, colorScheme: "dark" },
  tablet: { viewport: { width: 1024, height: 768 } },
  wide: { viewport: { width: 1920, height: 1080 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
  "phone-dark": { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2, colorScheme: "dark" },
};

export async function play(script, { look = "desk", patience = 20_000 } = {}) {
  const [url, shots = "shots"] = process.argv.slice(2);
  const executablePath = browsers.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium found: apt-get install chromium, or set CHROMIUM");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  try {
    const story = await Story.open(browser, url, { look, patience, shots });
    try {
      await script(story);
      await story.allNamed();
      story.check();
    } catch (fault) {
      await story.shot(`${look}-failed`);
      throw fault;
    }
    console.log(`story told (${look})`);
  } finally {
    await browser.close();
  }
}

export class Story {
  static async open(browser, url, { look, patience, shots }) {
    mkdirSync(shots, { recursive: true });
    const context = await browser.newContext({ reducedMotion: "reduce", ...looks[look] });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const story = new Story(page, shots);
    const host = new URL(url).host;
    page.on("console", (said) => said.type() === "error" && story.faults.push(`console: ${said.text()}`));
    page.on("pageerror", (fault) => story.faults.push(`script: ${fault}`));
    page.on("request", (request) => {
      const to = new URL(request.url());
      if (to.protocol !== "data:" && to.host !== host) story.faults.push(`request: ${request.url()}`);
    });
    await page.addInitScript(remember);
    await page.goto(url);
    await page.locator("body[data-ready]").waitFor();
    return story;
  }

  constructor(page, shots) {
    this.page = page;
    this.shots = shots;
    this.faults = [];
  }

  check() {
    if (this.faults.length) throw new Error(this.faults.join("\n"));
  }

  // allNamed finds controls that a screen reader could not name.
  async allNamed() {
    const nameless = await this.page.evaluate(() => {
      const named = (node) =>
        node.getAttribute("aria-label") || node.textContent.trim() || node.labels?.length ||
        node.getAttribute("aria-labelledby")?.split(" ").some((id) => document.getElementById(id)?.textContent.trim());
      return [...document.querySelectorAll("button, input, select, textarea, a, [role=log], [role=group]")].filter((node) => !named(node)).map((node) => node.outerHTML);
    });
    this.faults.push(...nameless.map((html) => `no name: ${html}`));
  }

  // pane is the person's half of the page; somebody who is not there takes the
  // right one. On a phone it comes to the front.
  async pane(person) {
    const names = await this.page.locator(".pane .who select").evaluateAll((all) => all.map((select) => select.value));
    let index = names.indexOf(person);
    const there = index >= 0;
    if (!there) index = 1;
    await this.front(index);
    if (!there) await this.page.locator(".pane .who select").nth(index).selectOption(person);
    return this.page.locator(".pane").nth(index);
  }

  // front brings a view to the front where only one fits: 0 and 1 are the chats, 2
  // is the tenant.
  async front(index) {
    const tab = this.page.locator(".tabs button").nth(index);
    if (!(await tab.isVisible()) || (await tab.getAttribute("aria-selected")) === "true") return;
    // A notification may cover the tabs, and may come at any moment.
    for (let tries = 0; (await tab.getAttribute("aria-selected")) === "false" && tries < 20; tries++) {
      for (const close of await this.page.locator(".toast-close").all()) await close.click({ timeout: 1000 }).catch(() => {});
      await tab.click({ timeout: 1000 }).catch(() => {});
    }
  }

  // tenant is the tenant's pane, with one of its parts in sight.
  async tenant(part = "Person") {
    await this.front(2);
    const tenant = this.page.locator("#tenant");
    await tenant.getByRole("tab", { name: part }).click();
    return tenant;
  }

  // device is the laptop or phone of the person, or the two to choose from.
  async device(person) {
    const tenant = await this.tenant();
    const who = tenant.locator("#who-tenant");
    if ((await who.inputValue()) !== person) await who.selectOption(person);
    return tenant.locator(".device");
  }

  // tap presses a button on the person's laptop or phone.
  async tap(person, name) {
    await (await this.device(person)).getByRole("button", { name, exact: true }).click();
  }

  // shows waits until the person's laptop or phone shows the text.
  async shows(person, text) {
    await (await this.device(person)).getByText(text).first().waitFor();
  }

  // type writes into the field of that label on the person's laptop or phone.
  async type(person, label, text) {
    await (await this.device(person)).getByLabel(label, { exact: true }).fill(text);
  }

  // say writes to the bot as the person and waits until the bot has answered.
  async say(person, text) {
    const pane = await this.pane(person);
    await pane.locator(".compose textarea").fill(text);
    const reply = this.page.waitForResponse((r) => new URL(r.url()).pathname === "/say");
    await pane.locator(".compose textarea").press("Enter");
    return (await reply).json();
  }

  // card is the person's newest card that has a button or text of that name.
  async card(person, name) {
    const pane = await this.pane(person);
    const button = this.page.getByRole("button", { name, exact: true });
    const card = pane.locator(".card").filter({ has: button }).or(pane.locator(".card").filter({ hasText: name })).last();
    await card.waitFor();
    return card;
  }

  // press presses the newest button of that title and waits for what comes of it.
  async press(person, title) {
    const pane = await this.pane(person);
    const button = pane.getByRole("button", { name: title, exact: true }).last();
    await button.waitFor();
    const reply = this.page.waitForResponse((r) => new URL(r.url()).pathname === "/press");
    await button.click();
    const outcome = await (await reply).json();
    await pane.locator(".card.busy").waitFor({ state: "detached" });
    return outcome;
  }

  // fill writes into the newest input of that label, or chooses in it.
  async fill(person, label, value) {
    const pane = await this.pane(person);
    const input = pane.locator(".card").getByLabel(label).last();
    await input.waitFor();
    const kind = await input.evaluate((node) => (node.tagName === "SELECT" ? "select" : node.type));
    if (kind === "select") await input.selectOption({ label: value });
    else if (kind === "checkbox" || kind === "radio") await input.setChecked(value);
    else await input.fill(value);
  }

  // pick searches a person in the people picker of that label and takes the first
  // one found.
  async pick(person, label, words) {
    const pane = await this.pane(person);
    const box = pane.getByRole("combobox", { name: label }).last();
    await box.click();
    await box.fill(words);
    await pane.locator(".people-list [role=option]").first().waitFor();
    await box.press("Enter");
  }

  // sees waits until the person's chat shows the text; lacks until it does not.
  async sees(person, text) {
    await (await this.pane(person)).locator(".scroll").getByText(text).last().waitFor();
  }

  async lacks(person, text, within = ".scroll") {
    await (await this.pane(person)).locator(within).getByText(text).first().waitFor({ state: "detached" });
  }

  // notified waits until a notification with the text was shown, however short.
  async notified(text) {
    await this.page.waitForFunction((wanted) => window.notifications.some((shown) => shown.includes(wanted)), text);
  }

  // shot takes a picture, and looks whether everything in it has a name.
  async shot(name) {
    await this.allNamed();
    await this.page.screenshot({ path: join(this.shots, `${name}.png`) });
  }
}

// remember keeps what notifications said, because they go away by themselves.
function remember() {
  window.notifications = [];
  const note = (changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.classList?.contains("toast")) window.notifications.push(node.textContent);
  };
  addEventListener("DOMContentLoaded", () => new MutationObserver(note).observe(document.body, { childList: true, subtree: true }));
}
