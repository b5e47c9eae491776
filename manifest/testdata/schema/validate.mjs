// Validates a Teams app's manifest and its language files with Microsoft's own
// schemas: `node validate.mjs FILE.json …`. Each file names its schema. Exit
// status 1 tells of a fault.
import { readFileSync } from "node:fs";
import { AppManifestUtils } from "@microsoft/app-manifest";
import Ajv from "ajv-draft-04";
import formats from "ajv-formats";

// The schemas are in the package: one that is not is of a version that it does
// not know, and nothing is to be fetched.
globalThis.fetch = (url) => { throw new Error(`${url} is not in the package`); };

// faults does what AppManifestUtils.validateAgainstSchema does, which cannot read
// the schema of language files: a bracket in one of its patterns is not escaped.
async function faults(json) {
  const ajv = new Ajv({ allErrors: true, strictTypes: false, unicodeRegExp: false });
  formats(ajv, ["uri", "email", "regex"]);
  const validate = ajv.compile(await AppManifestUtils.fetchSchema(json.$schema));
  if (validate(json)) return [];
  return validate.errors.map((one) => `${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`);
}

let status = 0;
for (const file of process.argv.slice(2)) {
  let found;
  try {
    found = await faults(JSON.parse(readFileSync(file, "utf8")));
  } catch (fault) {
    found = [fault.message];
  }
  for (const one of found) console.error(`${file}: ${one}`);
  if (found.length > 0) status = 1;
}
process.exit(status);
