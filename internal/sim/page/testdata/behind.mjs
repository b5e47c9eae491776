// Grady's devices in Entra's own steps, and what an administrator changes behind
// Passdesk's back: seen at once, by name, and with the keys alone.
import { play } from "../web/story.mjs";

const look = process.argv[4] ?? "desk";

await play(async (story) => {
  const { page } = story;
  const shot = (name) => story.shot(`${look}-behind-${name}`);
  const signIn = async (device, then) => {
    await story.tap("grady", `Sign in as Grady on the ${device}`);
    await story.tap("grady", "Next");
    await story.tap("grady", "Sign in");
    await story.shows("grady", then);
  };

  // Neither phone may sign in.
  for (const phone of ["iPhone", "Android phone"]) {
    await signIn(phone, "You cannot access this right now");
    await story.shows("grady", "53003");
    await shot(`1-${phone.split(" ")[0]}`);
    await story.tap("grady", "Close");
  }

  // On the laptop, the other way to a passkey leads to the QR code.
  await signIn("Windows laptop", "Approve sign in request");
  await story.tap("grady", "Approve it on the phone");
  await story.shows("grady", "to register security information only");
  for (const step of ["Add another sign-in method", "Add sign-in method", "Passkey in Microsoft Authenticator", "Having trouble?", "create your passkey a different way"]) {
    await shot(`2-${step.split(" ")[0].toLowerCase()}`);
    await story.tap("grady", step);
  }
  await story.tap("grady", "Android");
  await story.shows("grady", "Scan this QR code");
  await story.tap("grady", "Close Grady’s Windows laptop");

  // Excluded by group, he is let in.
  const tenant = await story.tenant("Policies");
  const platforms = tenant.getByRole("region", { name: "Passkey test: unsupported platforms" });
  const open = async (name) => {
    await tenant.getByRole("button", { name: `Change ${name} behind Passdesk’s back` }).click();
    return tenant.getByRole("group", { name: `Change ${name} behind Passdesk’s back` });
  };
  const group = await open("CA exclusion: unsupported platforms");
  await group.getByLabel("Person").selectOption("grady");
  await group.getByRole("button", { name: "Add member" }).click();
  await group.getByRole("button", { name: "Remove member" }).waitFor();
  await platforms.getByText("Excluded by CA exclusion: unsupported platforms: Grady Archie").waitFor();
  await shot("3-member");
  await signIn("iPhone", "Approve sign in request");
  await story.tap("grady", "Approve it on the phone");
  await story.shows("grady", "to register security information only");
  await shot("4-allowed");
  await story.tap("grady", "Use the running session");
  await story.shows("grady", "The session goes on.");
  await story.tap("grady", "Close Grady’s iPhone");

  // Not a member any more, he is blocked, and his session goes on.
  await story.tenant("Policies");
  await group.getByRole("button", { name: "Remove member" }).click();
  await group.getByRole("button", { name: "Add member" }).waitFor();
  await signIn("iPhone", "You cannot access this right now");
  await story.tap("grady", "Close");
  await story.tap("grady", "Use the running session");
  await story.shows("grady", "The session goes on.");
  await shot("5-session");

  // A group that is unfit, and a policy that is relaxed in every way.
  await story.tenant("Policies");
  await group.getByRole("button", { name: "Make owner" }).click();
  await group.getByRole("button", { name: "Remove owner" }).waitFor();
  for (const kind of ["Dynamic membership", "Synced from on-premises", "Role-assignable", "Restricted management"]) {
    const box = group.getByRole("switch", { name: kind });
    await box.focus();
    await page.keyboard.press("Space");
    await tenant.locator(".kinds .badge", { hasText: new RegExp(kind.split(/[ -]/)[0], "i") }).waitFor();
    await page.waitForFunction((id) => document.activeElement?.id === id, await box.getAttribute("id"));
    await box.and(page.locator(":checked")).waitFor();
  }
  await shot("6-unfit");
  const policy = await open("Passkey test: unsupported platforms");
  await policy.getByLabel("State").selectOption("Report only");
  await platforms.locator(".badge", { hasText: "report only" }).waitFor();
  await policy.getByLabel("Person").selectOption("grady");
  await policy.getByRole("button", { name: "Exclude directly" }).click();
  await platforms.getByText("Excluded directly: Emergency AccessGrady Archie").waitFor();
  await policy.getByRole("switch", { name: /^Excludes/ }).focus();
  await page.keyboard.press("Space");
  await platforms.getByText("not linked").waitFor();
  await shot("7-relaxed");
  await policy.getByRole("button", { name: "End direct exclusion" }).click();
  await platforms.locator(".name-chip", { hasText: "Grady Archie" }).waitFor({ state: "detached" });
  await policy.getByRole("switch", { name: /^Excludes/ }).click();
  await platforms.getByText("not linked").waitFor({ state: "detached" });

  // Somebody is deleted, and the policy goes on naming them.
  await policy.getByRole("button", { name: "Exclude directly" }).click();
  await platforms.getByText("Excluded directly: Emergency AccessGrady Archie").waitFor();
  await story.device("grady");
  const person = await open("Grady Archie");
  await shot("8-person");
  await person.getByRole("button", { name: "Delete Grady Archie" }).click();
  await tenant.locator("#who-tenant").and(page.locator("select:not(:has(option[value=grady]))")).waitFor();
  await story.tenant("Policies");
  await platforms.locator(".name-chip", { hasText: "somebody deleted" }).waitFor();
  await policy.getByLabel("Person").selectOption({ label: "somebody deleted" });
  await policy.getByRole("button", { name: "End direct exclusion" }).click();
  await platforms.locator(".name-chip", { hasText: "somebody deleted" }).waitFor({ state: "detached" });
  await policy.getByRole("button", { name: "Delete policy" }).click();
  await platforms.waitFor({ state: "detached" });
  await shot("9-deleted");
}, { look });
