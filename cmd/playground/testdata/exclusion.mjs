// Grady's phone is blocked; Adele asks for an exclusion, Lee, who owns the policy,
// approves it, and it is ended before its time. Then somebody excludes him behind
// Passdesk's back, which Lee is told.
import { play } from "../../../internal/sim/page/web/story.mjs";
import { insist } from "./steps.mjs";

const look = process.argv[4] ?? "desk";
const group = "CA exclusion: unsupported platforms";

await play(async (story) => {
  const shot = (name) => story.shot(`${look}-exclusion-${name}`);
  const lasting = 90_000; // Entra shows a change some seconds later, and the end is read twice, ten seconds apart
  const title = async (person, text) => (await story.pane(person)).locator(".card").getByText(text, { exact: true }).last().waitFor({ timeout: lasting });
  await story.pane("lee");
  await phone(story, "You cannot access this right now");
  await story.shows("grady", "53003");
  await shot("1-blocked");
  await story.tap("grady", "Close");

  await story.say("adele", "exclude grady from platforms for 1h because new phone");
  await story.sees("adele", "new phone");
  await shot("2-form");
  await insist(story, "adele", "Send request", "Waiting for a decision");
  await title("lee", "An exclusion to decide");
  await shot("3-decide");
  await insist(story, "lee", "Approve", "approved it");
  await title("adele", "The exclusion is in force");
  await shot("4-in-force");
  const policies = await story.tenant("Policies");
  await policies.getByText(`Excluded by ${group}: Grady Archie`).waitFor();
  await shot("5-excluded");
  await phone(story, "Approve sign in request");
  await story.tap("grady", "Approve it on the phone");
  await story.shows("grady", "to register security information only");
  await shot("6-allowed");
  await story.tap("grady", "Close Grady’s iPhone");

  await story.press("adele", "End now");
  await title("adele", "Ended");
  await story.sees("adele", "Read back");
  await shot("7-ended");
  await phone(story, "You cannot access this right now");
  await story.shows("grady", "53003");
  await story.tap("grady", "Close");

  // Behind Passdesk's back.
  await story.tenant("Policies");
  await policies.getByRole("button", { name: `Change ${group} behind Passdesk’s back` }).click();
  const menu = policies.getByRole("group", { name: `Change ${group} behind Passdesk’s back` });
  await menu.getByLabel("Person").selectOption("grady");
  await menu.getByRole("button", { name: "Add member" }).click();
  await policies.getByText(`Excluded by ${group}: Grady Archie`).waitFor();
  await shot("8-behind");
  await policies.getByRole("button", { name: "Move the clock by one hour" }).click();
  await title("lee", "Excluded without a lease");
  await shot("9-drift");
  await story.tap("grady", "Use the running session"); // revoked at the end of the exclusion
  await story.shows("grady", "The session has ended.");
}, { look });

// phone signs Grady in with his password until his phone shows the text: a change
// of a group counts some seconds after it was made.
async function phone(story, then) {
  for (let tries = 0; tries < 30; tries++) {
    await story.tap("grady", "Sign in as Grady on the iPhone");
    await story.tap("grady", "Next");
    const reply = story.page.waitForResponse((r) => new URL(r.url()).pathname === "/sign-in");
    await story.tap("grady", "Sign in");
    await (await reply).finished();
    const device = await story.device("grady");
    await device.getByRole("heading", { name: /Approve sign in request|You cannot access this right now/ }).waitFor();
    if (await device.getByText(then).first().isVisible()) return;
    await story.tap("grady", "Close Grady’s iPhone");
    await story.page.waitForTimeout(1000);
  }
  throw new Error(`Grady’s phone never shows “${then}”`);
}
