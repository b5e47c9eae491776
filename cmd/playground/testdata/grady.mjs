// Grady has methods, and a phone that is kept out. Adele looks why, and what he
// has; she reads him the steps, he follows them, and has a passkey.
import { play } from "../../../internal/sim/page/web/story.mjs";

const look = process.argv[4] ?? "desk";

await play(async (story) => {
  const shot = (name) => story.shot(`${look}-grady-${name}`);
  await story.tap("grady", "Sign in as Grady on the iPhone");
  await story.tap("grady", "Next");
  await story.tap("grady", "Sign in");
  await story.shows("grady", "53003");
  await story.tap("grady", "Close");

  await story.say("adele", "status grady");
  await story.sees("adele", "Has no passkey, and can register one");
  await shot("1-status");
  const moved = story.page.waitForResponse((r) => new URL(r.url()).pathname === "/clock");
  await (await story.tenant()).getByRole("button", { name: "Move the clock by ten minutes" }).click(); // the log is late
  await moved;
  await story.say("adele", "why grady");
  await story.sees("adele", "What failed, the newest first");
  await shot("2-why");
  await story.press("adele", "Show the steps"); // it takes three questions to Entra, one a second: the answer may follow
  await story.sees("adele", "Steps to a passkey");
  await story.sees("adele", "Having trouble?");
  await shot("3-guide");
  await story.press("adele", "Send to Grady Archie");
  await story.sees("adele", "The steps were sent to Grady Archie");
  await shot("4-sent");

  await story.tap("grady", "Sign in as Grady on the Windows laptop");
  await story.tap("grady", "Next");
  await story.tap("grady", "Sign in");
  await story.tap("grady", "Approve it on the phone");
  await story.tap("grady", "Add another sign-in method");
  await story.tap("grady", "Add sign-in method");
  await story.tap("grady", "Passkey in Microsoft Authenticator");
  await story.tap("grady", "Having trouble?");
  await story.tap("grady", "create your passkey a different way");
  await story.tap("grady", "iPhone or iPad");
  await story.tap("grady", "Scan");
  await story.tap("grady", "Microsoft Authenticator");
  await story.tap("grady", "Next");
  await story.shows("grady", "Passkey created");
  await shot("5-created");
  await story.say("adele", "status grady");
  await story.sees("adele", "Can satisfy phishing-resistant MFA");
  await shot("6-ready");
}, { look });
