// What cards may hold, and every answer that is not a card.
import { play } from "../web/story.mjs";

const same = (what, have, want) => {
  if (have !== want) throw new Error(`${what}: ${JSON.stringify(have)}, not ${JSON.stringify(want)}`);
};

await play(async (story) => {
  await story.say("adele", "teams");
  await story.sees("adele", "Instead of a badge");
  const card = await story.card("adele", "Instead of a badge");
  same("bold", await card.locator("strong").first().textContent(), "Bold");
  same("italic", await card.locator("em").first().textContent(), "italic");
  same("links", await card.locator("a").count(), 1);
  same("link", await card.locator("a").getAttribute("href"), "https://example.com/?_a_=1");
  same("list", await card.locator("ol li").count(), 2);
  same("script", await card.locator("img[onerror]").count(), 0);
  same("headings", await card.locator("h1, code, pre").count(), 0);
  await story.sees("adele", "**not bold** [not a link](https://example.com) <b>text</b>");
  await story.sees("adele", "*plain*");
  story.faults = story.faults.filter((fault) => !fault.includes("https://example.com/picture.png")); // blocked, as it should be
  story.check();

  await story.press("adele", "Error");
  await story.sees("adele", "That <b>cannot</b> be done.");
  await story.press("adele", "Word");
  await story.sees("adele", "Noted.");
  await story.lacks("adele", "That <b>cannot</b> be done.");
  await story.press("adele", "Late");
  await story.sees("adele", "Something went wrong. Please try again");
  await story.shot("elements");
  await story.press("adele", "Submit");
  await story.sees("adele", "Submitted by submit");
  await story.say("adele", "break");
  await (await story.pane("adele")).getByText("did not take the message").waitFor();
  await story.say("joni", "hello");
  await story.sees("joni", "Or not.");
  await story.shot("elements-joni");
});
