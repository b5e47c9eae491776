// The page without a mouse, and Graph's throttling made visible: by the time of
// this story the tenant has been asked too often.
import { play } from "../../../internal/sim/page/web/story.mjs";

const look = process.argv[4] ?? "desk";

await play(async (story) => {
  const { page } = story;
  const key = (name) => page.keyboard.press(name);
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") || document.activeElement.textContent.trim() || document.activeElement.id);
  const until = async (name, press = "Tab") => {
    for (let i = 0; i < 40; i++) {
      if ((await focused()) === name) return;
      await key(press);
    }
    throw new Error(`${name} is not reached by ${press}`);
  };

  // Where not everything fits, the tenant is the last tab.
  if (await page.locator(".tabs").isVisible()) {
    await page.locator(".tabs button").first().focus();
    await key("End");
  }

  // The parts of the tenant are one stop; arrows go through them.
  await until("Person");
  await key("End");
  await until("Graph");
  const tenant = page.locator("#tenant");
  await tenant.getByText("429 throttled").first().waitFor();
  await tenant.locator(".bucket .track.full").waitFor();
  await story.shot(`${look}-keys-throttled`);
  await key("ArrowRight");
  await until("Person");

  // Joni signs in by Tab and Enter; each screen takes the focus.
  await until("Sign in as Joni on the Windows laptop");
  await key("Enter");
  await until("Sign in"); // the heading
  await until("Next");
  await key("Enter");
  await until("Enter password");
  await until("Sign in");
  await key("Enter");
  await tenant.getByText("More information required").waitFor();
  await until("Next");
  await key("Enter");
  await until("I have a Temporary Access Pass");
  await key("Enter");
  await until("device-pass");
  await page.keyboard.type("wrong");
  await key("Enter");
  await tenant.getByRole("alert").getByText("was not found").waitFor();
  await story.shot(`${look}-keys-device`);

  // A question is answered by Escape.
  await page.getByRole("button", { name: "Start over" }).focus();
  await key("Enter");
  await page.getByRole("dialog").waitFor();
  await key("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}, { look });
