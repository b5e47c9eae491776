// Joni's first day: her laptop wants what she does not have; Adele asks for a
// pass, Megan approves, Adele reads it out; Joni types it and gets a passkey.
import { play } from "../../../internal/sim/page/web/story.mjs";
import { insist, readOut, signInWith } from "./steps.mjs";

const look = process.argv[4] ?? "desk";

await play(async (story) => {
  const shot = (name) => story.shot(`${look}-${name}`);
  await shot("01-home");
  const tenant = await story.tenant();
  await tenant.getByText("No passkey").waitFor();
  await tenant.getByText("No pass", { exact: true }).waitFor();
  await shot("02-joni");
  await story.tap("joni", "Sign in as Joni on the Windows laptop");
  await shot("03-account");
  await story.tap("joni", "Next");
  await story.tap("joni", "Sign in");
  await story.shows("joni", "More information required");
  await shot("04-more");
  await story.tap("joni", "Next");
  await story.shows("joni", "You need another method");
  await shot("05-stuck");

  await story.say("adele", "pass joni 60m for a new laptop");
  await story.sees("adele", "Nothing happens before you press Send request.");
  await shot("06-form");
  await insist(story, "adele", "Send request", "Waiting for a decision");
  await story.notified("Adele Vance asks for a pass for Joni Sherman");
  await story.sees("megan", "A pass to decide");
  await shot("07-decide");
  await insist(story, "megan", "Approve", "approved it");
  await story.notified("Megan Bowen approved the pass");
  await story.press("adele", "Show pass");
  await story.sees("adele", "Before the pass is shown");
  await shot("08-before");
  await insist(story, "adele", "Create and show", "Read this pass out now");
  await shot("09-code");
  await story.lacks("megan", "Read this pass out now");
  const code = await readOut(story);
  await story.tenant();
  await tenant.locator(".row", { hasText: "Temporary Access Pass" }).getByText("usable").waitFor();
  if ((await tenant.textContent()).includes(code)) throw new Error("the tenant's pane tells the code");

  await story.tap("joni", "I have a Temporary Access Pass");
  await story.type("joni", "Temporary Access Pass", code);
  await shot("10-type");
  await signInWith(story, "joni", code, "Set up a passkey");
  await tenant.locator(".row", { hasText: "Temporary Access Pass" }).getByText("used").waitFor();
  await shot("11-secure");
  await story.tap("joni", "Set up a passkey using another device");
  await shot("12-kind");
  await story.tap("joni", "iPhone or iPad");
  await shot("13-scan");
  await story.tap("joni", "Scan");
  await shot("14-vault");
  await story.tap("joni", "Microsoft Authenticator");
  await story.type("joni", "Name", "Joni’s iPhone 17");
  await shot("15-name");
  await story.tap("joni", "Next");
  await story.shows("joni", "Passkey created");
  await tenant.locator(".row", { hasText: "Joni’s iPhone 17" }).waitFor();
  await shot("16-created");
  await story.tap("joni", "Done");

  await story.tap("joni", "Sign in as Joni on the Windows laptop");
  await story.tap("joni", "Next");
  await story.tap("joni", "Use the passkey");
  await story.shows("joni", "You are signed in");
  await shot("17-signed-in");
  for (const part of ["Policies", "Sign-ins", "Graph"]) {
    await story.tenant(part);
    await shot(`18-${part.toLowerCase()}`);
  }

  // Passdesk sees the passkey, and closes the request.
  const moved = story.page.waitForResponse((r) => new URL(r.url()).pathname === "/clock");
  await (await story.tenant()).getByRole("button", { name: "Move the clock by ten minutes" }).click();
  await moved;
  await story.notified("Joni Sherman has registered a passkey");
  await story.sees("adele", "has registered a passkey");
  await story.sees("megan", "has registered a passkey");
  await (await story.tenant()).getByText("No pass", { exact: true }).waitFor();
  await shot("19-closed");
}, { look });
