// Adele asks for a pass, Megan approves, Adele sees it.
import { play } from "../web/story.mjs";

const look = process.argv[4] ?? "desk";

await play(async (story) => {
  await story.shot(`${look}-1-first`);
  await story.say("adele", "hello");
  await story.sees("adele", "Say *help*.");
  await story.say("adele", "pass joni 60m for a new laptop");
  await story.sees("adele", "Ask for a pass");
  await story.shot(`${look}-2-form`);

  const pane = await story.pane("adele");
  const picker = pane.getByRole("combobox", { name: "For whom" });
  if ((await picker.inputValue()) !== "Joni Sherman") throw new Error("the picker does not show its static choice");
  await pane.getByRole("button", { name: "Send request" }).click();
  await story.sees("adele", "Say why, so that the manager can decide.");
  await picker.fill("gra");
  await pane.locator(".people-list [role=option]").first().waitFor();
  await story.shot(`${look}-3-picker`);
  await picker.press("Escape");
  await story.pick("adele", "For whom", "grady");
  await story.fill("adele", "Lifetime in minutes", "90");
  await story.fill("adele", "How often", "As often as needed");
  await story.fill("adele", "Reason", "**New** laptop <b>today</b> [x](https://evil.example)");
  await story.press("adele", "Send request");
  await story.sees("adele", "Waiting for Megan Bowen");
  await story.sees("adele", "**New** laptop <b>today</b> [x](https://evil.example)");
  await story.notified("Adele Vance asks for a pass");
  await story.shot(`${look}-4-asked`);
  await story.sees("megan", "Adele Vance asks for a pass");
  await story.shot(`${look}-5-decide`);
  await story.press("megan", "Approve");
  await story.sees("megan", "You approved a pass");
  await story.sees("adele", "Megan Bowen approved.");
  await story.press("adele", "Show pass");
  await story.sees("adele", "K7m?  Qr4&  wTz9");
  await story.shot(`${look}-6-code`);
  await story.lacks("megan", "K7m?  Qr4&  wTz9");
  await story.press("adele", "Hide");
  await story.lacks("adele", "K7m?  Qr4&  wTz9");
}, { look });
