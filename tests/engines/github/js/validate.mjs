// Validates workflows with GitHub's own language service. One JSON object a line on standard input: {"files": {path: text}}.
// One JSON array a line on standard output: ["path:line:column: severity: message", …]. The first argument is the folder of node_modules.
import { readFileSync } from "node:fs";
import { register } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// The packages import JSON without an import attribute, which Node 20 and later refuse: serve it as a module instead.
const loader = `
  import { readFileSync } from "node:fs";
  import { fileURLToPath } from "node:url";
  export const load = async (url, context, next) =>
    url.endsWith(".json")
      ? { format: "module", shortCircuit: true, source: "export default " + readFileSync(fileURLToPath(url), "utf8") }
      : next(url, context);`;
register("data:text/javascript," + encodeURIComponent(loader));

const modules = path.resolve(process.argv[2], "node_modules");
const load = (name, file) => import(pathToFileURL(path.join(modules, name, file)).href);
const { validate } = await load("@actions/languageservice", "dist/index.js");
const { TextDocument } = await load("vscode-languageserver-textdocument", "lib/esm/main.js");

const SEVERITY = ["", "error", "warning", "information", "hint"];

let requests = 0;

async function problems(files) {
  // The service keeps what it parsed by URI, so that no two requests may use the same one.
  requests += 1;
  const fileProvider = {
    getFileContent: async (reference) => {
      const content = files[reference.path];
      if (content === undefined) throw new Error(`no file ${reference.path}`);
      return { name: reference.path, content };
    },
  };
  const found = [];
  for (const [name, text] of Object.entries(files)) {
    const document = TextDocument.create(`file:///${requests}/${name}`, "yaml", 1, text);
    for (const one of await validate(document, { fileProvider })) {
      const at = one.range.start;
      found.push(`${name}:${at.line + 1}:${at.character + 1}: ${SEVERITY[one.severity ?? 1]}: ${one.message}`);
    }
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = await problems(JSON.parse(line).files);
  } catch (error) {
    answer = [`error: ${error.stack}`];
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
