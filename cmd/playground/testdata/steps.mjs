// Steps that several stories take.

// readOut is the code on Adele's card, as a person reads it: what is written
// largest, without the gap.
export async function readOut(story) {
  const card = await story.card("adele", "Read this pass out now");
  const shown = await card.evaluate((node) => {
    const size = (one) => parseFloat(getComputedStyle(one).fontSize);
    const words = [...node.querySelectorAll("*")].filter((one) => !one.children.length && one.textContent.trim() && one.offsetParent);
    return words.reduce((largest, one) => (size(one) > size(largest) ? one : largest)).textContent;
  });
  return shown.replace(/\s/g, "");
}

// signInWith signs somebody in with a pass. A pass that was just made is not
// known everywhere at once, so that a person tries again.
export async function signInWith(story, person, code, then) {
  const device = await story.device(person);
  const late = device.getByText("could not be verified");
  for (let tries = 0; tries < 15; tries++) {
    await story.type(person, "Temporary Access Pass", code);
    const reply = story.page.waitForResponse((r) => new URL(r.url()).pathname === "/sign-in");
    await story.tap(person, "Sign in");
    await (await reply).finished();
    await device.getByText(then).or(late).first().waitFor();
    if (!(await late.isVisible())) return;
    await story.page.waitForTimeout(1000);
  }
  throw new Error("the pass never became known");
}

// insist presses a button until its card shows the text: where Entra is busy, the
// card says so and asks to press again.
export async function insist(story, person, title, then) {
  const busy = (await story.pane(person)).locator(".card").getByText("Still working on it").last();
  for (let tries = 0; tries < 30; tries++) {
    await story.press(person, title);
    if (!(await busy.isVisible())) return story.sees(person, then);
    await story.page.waitForTimeout(1000);
  }
  throw new Error(`${title} is still being worked on`);
}

// pass lets Adele ask for somebody's pass, Megan approve it, and Adele read it out.
export async function pass(story, person) {
  await story.say("adele", `pass ${person} 60m for a new laptop`);
  await insist(story, "adele", "Send request", "Waiting for a decision");
  await story.sees("megan", "A pass to decide");
  await insist(story, "megan", "Approve", "approved it");
  await story.press("adele", "Show pass");
  await insist(story, "adele", "Create and show", "Read this pass out now");
  const code = await readOut(story);
  await story.press("adele", "Hide");
  return code;
}
