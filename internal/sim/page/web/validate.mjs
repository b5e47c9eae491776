// Parses Adaptive Cards with the official renderer and prints what it has to
// say about them: `node validate.mjs CARD.json …`. Exit status 1 tells of an
// event that allowed-events.json does not name, 2 of a file that is no card.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import library from "adaptivecards/dist/adaptivecards.js";

const { AdaptiveCard, CardElement, SerializationContext, ValidationEvent, Version } = library;
// The renderer's own pattern carries the "g" flag and so refuses the language of
// every second card.
CardElement.langProperty.regEx = /^[a-z]{2,3}$/i;

const allowed = JSON.parse(readFileSync(fileURLToPath(new URL("allowed-events.json", import.meta.url)), "utf8"));
const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node validate.mjs CARD.json …");
  process.exit(2);
}

// raw finds the JSON that an element was parsed from, by its id.
function raw(json, id) {
  if (json === null || typeof json !== "object") return undefined;
  if (!Array.isArray(json) && json.id === id) return json;
  for (const inner of Object.values(json)) {
    const found = raw(inner, id);
    if (found) return found;
  }
  return undefined;
}

// events are what parsing and validating a card tells, as one object an event.
function events(json) {
  const card = new AdaptiveCard();
  const context = new SerializationContext(Version.parse(json.version ?? "", new SerializationContext()));
  card.parse(json, context);
  const told = [];
  for (let i = 0; i < context.eventCount; i++) told.push(context.getEventAt(i));
  told.push(...card.validateProperties().validationEvents);
  return told.map(({ event, message, source }) => ({
    event: ValidationEvent[event],
    element: source?.getJsonTypeName?.() ?? "",
    message,
    properties: source?.id ? Object.keys(raw(json, source.id) ?? {}) : [],
  }));
}

// permits compares what the rule names; "has" is a property that the element
// must have in its JSON.
const permits = (rule, event) =>
  ["event", "element", "message"].every((key) => rule[key] === undefined || rule[key] === event[key]) &&
  (rule.has === undefined || event.properties.includes(rule.has));

let status = 0;
for (const file of files) {
  let json;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
    if (json?.type !== "AdaptiveCard") throw new Error("its type is not AdaptiveCard");
  } catch (fault) {
    console.error(`${file}: ${fault.message}`);
    status = 2;
    continue;
  }
  for (const event of events(json)) {
    const rule = allowed.find((one) => permits(one, event));
    if (!rule) status ||= 1;
    const line = `${file}: ${event.element || "-"}: ${event.event}: ${event.message}`;
    if (rule) console.log(`${line} (allowed: ${rule.why})`);
    else console.error(line);
  }
}
process.exit(status);
