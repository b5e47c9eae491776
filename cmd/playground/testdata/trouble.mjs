// What goes wrong on the first day, and how it is put right; then a look at the
// rest of the page: hints, clock, Grady's phone, manners, starting over.
import { play } from "../../../internal/sim/page/web/story.mjs";
import { insist, pass, readOut, signInWith } from "./steps.mjs";

const look = process.argv[4] ?? "desk";
const platforms = "Passkey test: unsupported platforms";
const behind = (name) => `Change ${name} behind Passdesk’s back`;

await play(async (story) => {
  const shot = (name) => story.shot(`${look}-trouble-${name}`);
  const { page } = story;
  await hints(story);
  await grady(story, shot);
  const first = await pass(story, "joni");
  await story.tap("joni", "Sign in as Joni on the Windows laptop");
  await story.tap("joni", "Next");
  await story.type("joni", "Temporary Access Pass", `${first}x`);
  await story.tap("joni", "Sign in");
  await story.shows("joni", "The Temporary Access Pass is incorrect.");
  await shot("1-wrong-pass");
  await signInWith(story, "joni", first, "Set up a passkey");
  await story.tap("joni", "Set up a passkey using another device");
  await story.tap("joni", "iPhone or iPad");

  // Bluetooth is off at one end.
  const device = await story.device("joni");
  const bluetooth = device.getByRole("switch", { name: "Bluetooth on the phone" });
  await bluetooth.setChecked(false);
  await story.tap("joni", "Scan");
  await story.shows("joni", "Turn on Bluetooth on both devices");
  await shot("2-bluetooth");
  await bluetooth.setChecked(true);

  // The error that people know: the first code fails, the second one works.
  await device.getByLabel("Let the first scan fail").setChecked(true);
  await story.tap("joni", "Scan again");
  await story.tap("joni", "iCloud Keychain");
  await story.tap("joni", "Next");
  await story.shows("joni", "Something went wrong.");
  await shot("3-rescan");

  // A vault that the policy does not allow.
  await story.tap("joni", "Scan again");
  await story.tap("joni", "iCloud Keychain");
  await story.tap("joni", "Next");
  await story.shows("joni", "Your organization doesn't allow passkeys in iCloud Keychain.");
  await shot("4-vault");

  // Ten minutes are over: another pass, and another try.
  await advance(story, "Move the clock by ten minutes");
  await story.tap("joni", "Choose another place");
  await story.tap("joni", "Microsoft Authenticator");
  await story.tap("joni", "Next");
  await story.shows("joni", "more than 10 minutes ago");
  await shot("5-late");
  await insist(story, "adele", "Issue again", "Read this pass out now");
  const second = await readOut(story);
  await story.tap("joni", "Sign in again");
  await story.tap("joni", "Next");
  await signInWith(story, "joni", second, "Set up a passkey");
  await story.tap("joni", "Set up a passkey using another device");
  await story.tap("joni", "Android");
  await story.tap("joni", "Scan");
  await story.tap("joni", "Microsoft Authenticator");
  await story.tap("joni", "Next");
  await story.shows("joni", "Something went wrong."); // in every session anew
  await story.tap("joni", "Scan again");
  await story.tap("joni", "Microsoft Authenticator");
  await story.tap("joni", "Next");
  await story.shows("joni", "Passkey created");
  await shot("6-created");
  await advance(story, "Move the clock by one hour");
  await (await story.tenant()).getByText("+1 h 10 min").waitFor();

  await relax(story);
  await shot("6-relaxed");
  await story.device("joni");

  // Start over: a fresh tenant, a fresh database, the hints again.
  await page.getByRole("button", { name: "Start over" }).click();
  await shot("7-again");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await (await story.tenant()).getByText("Joni’s Android phone").first().waitFor();
  const other = await page.context().newPage(); // another window is taken along
  await other.goto(page.url());
  await other.locator("body[data-ready]").waitFor();
  await other.locator("#tenant").getByText("Joni’s Android phone").first().waitFor({ state: "attached" });
  await page.bringToFront();
  await page.getByRole("button", { name: "Start over" }).click();
  await Promise.all([page.waitForEvent("load"), page.getByRole("dialog").getByRole("button", { name: "Start over" }).click()]);
  await page.locator("body[data-ready]").waitFor();
  await page.locator(".hint").first().waitFor();
  const tenant = await story.tenant();
  await tenant.getByText("No passkey").waitFor();
  if ((await tenant.textContent()).includes("+1 h 10 min")) throw new Error("the clock is still ahead");
  await story.lacks("adele", "new laptop", ".own");
  await other.locator("#tenant").getByText("No passkey").waitFor({ state: "attached" });
  await strict(story);
  await other.close();
  await shot("8-fresh");
}, { look });

// hints are three, go one by one, and do not come back by themselves.
async function hints(story) {
  const all = story.page.locator(".hint");
  if ((await all.count()) !== 3) throw new Error("not three hints");
  for (const person of ["adele", "megan"]) await (await story.pane(person)).getByRole("button", { name: /^Close hint/ }).click();
  await (await story.tenant()).getByRole("button", { name: "Close hint 3" }).click();
  await story.page.reload();
  await story.page.locator("body[data-ready]").waitFor();
  if (await all.filter({ visible: true }).count()) throw new Error("a hint came back");
}

// grady's phone may not sign in, whatever he knows.
async function grady(story, shot) {
  await story.tap("grady", "Sign in as Grady on the iPhone");
  await story.tap("grady", "Next");
  await story.tap("grady", "Sign in");
  await story.shows("grady", "You cannot access this right now");
  await story.shows("grady", "53003");
  await shot("0-grady");
  const tenant = await story.tenant("Sign-ins");
  await tenant.locator(".row", { hasText: "Grady Archie" }).getByText("53003").first().waitFor();
  await tenant.getByText(/Not met: .*unsupported platforms/).first().waitFor();
  await shot("0-grady-log");
}

// relax changes a policy, a group and the people behind Passdesk's back.
async function relax(story) {
  await story.device("alex");
  const tenant = story.page.locator("#tenant");
  await tenant.getByRole("button", { name: behind("Alex Wilber") }).click();
  await tenant.getByRole("button", { name: "Delete Alex Wilber" }).click();
  await tenant.locator("#who-tenant:not(:has(option[value=alex]))").waitFor();
  await story.tenant("Policies");
  await tenant.getByRole("button", { name: behind("CA exclusion: unsupported platforms") }).click();
  await tenant.getByRole("switch", { name: "Dynamic membership" }).click();
  await tenant.locator(".kinds", { hasText: "dynamic" }).waitFor();
  await tenant.getByRole("button", { name: behind(platforms) }).click();
  await tenant.getByRole("group", { name: behind(platforms) }).getByLabel("State").selectOption("Off");
  await tenant.getByRole("region", { name: platforms }).locator(".badge", { hasText: "off" }).waitFor();
}

// strict finds all of that as it was at the beginning.
async function strict(story) {
  const tenant = await story.tenant("Policies");
  await tenant.getByRole("region", { name: platforms }).locator(".badge", { hasText: "on" }).waitFor();
  await tenant.locator(".kinds").waitFor({ state: "detached" });
  await tenant.locator("#who-tenant option[value=alex]").waitFor({ state: "attached" });
  await story.tenant();
}

async function advance(story, name) {
  const reply = story.page.waitForResponse((r) => new URL(r.url()).pathname === "/clock");
  await (await story.tenant()).getByRole("button", { name }).click();
  await reply;
}
