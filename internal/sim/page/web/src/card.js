import { AdaptiveCard, CardElement, ExecuteAction, GlobalRegistry, GlobalSettings, OpenUrlAction, SerializationContext, SubmitAction } from "adaptivecards";
import { el } from "./dom.js";
import { hostConfig } from "./hostconfig.js";
import { markdown } from "./markdown.js";
import { PeopleChoiceSet } from "./people.js";

GlobalSettings.setTabIndexAtCardRoot = false;
GlobalSettings.useWebkitLineClamp = true;
GlobalRegistry.elements.register("Input.ChoiceSet", PeopleChoiceSet);
CardElement.langProperty.regEx = /^[a-z]{2,3}$/i; // the renderer's own has the "g" flag and refuses every second card's
for (const name of ["Carousel", "CarouselPage", "Media"]) GlobalRegistry.elements.unregister(name);

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown(text);
  result.didProcess = true;
};

// newest is the version that Teams supports (Teams: "Cards reference").
const newest = "1.5";

// draw turns a card's JSON into an element. press is called with the action as
// the card has it and the values of the inputs that go with it.
export function draw(json, press) {
  const card = new AdaptiveCard();
  card.hostConfig = hostConfig;
  const context = new SerializationContext();
  card.parse(json, context);
  card.onExecuteAction = (action) => {
    if (action instanceof ExecuteAction || action instanceof SubmitAction) press(asSent(action), inputs(action));
    else if (action instanceof OpenUrlAction && /^https?:/.test(action.url ?? "")) window.open(action.url, "_blank", "noopener");
  };
  const drawn = card.render();
  if (!drawn || tooNew(json.version)) return el("p", { class: "card-fallback" }, json.fallbackText ?? "This card cannot be shown.");
  return drawn;
}

const tooNew = (version) => {
  const [major, minor] = String(version ?? "").split(".").map(Number);
  const [most, least] = newest.split(".").map(Number);
  return !(major < most || (major === most && minor <= least));
};

function asSent(action) {
  const { type, id, verb, data } = action.toJSON();
  return { type, id: id ?? "", verb, data: data ?? {} };
}

function inputs(action) {
  const values = {};
  for (const input of Object.values(action.getReferencedInputs() ?? {})) {
    if (input.id && input.isSet()) values[input.id] = String(input.value);
  }
  return values;
}
