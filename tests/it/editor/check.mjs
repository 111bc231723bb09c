// Asks the real yaml-language-server what an editor would show: problems of files, and completions at places.
//
// stdin:  {"server": "…/yaml-language-server", "files": ["/path/a.yaml"], "completions": [{"file", "line", "character"}]}
// stdout: {"problems": {"/path/a.yaml": ["message"]}, "completions": [["label"]]}
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const request = JSON.parse(readFileSync(0, "utf8"));
const server = spawn(request.server, ["--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const settings = { yaml: { validate: true, completion: true, schemaStore: { enable: false }, format: { enable: false } } };

let last = 0;
const answers = new Map();
const problems = new Map();
let published = () => {};

function send(message) {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function ask(method, params) {
  last += 1;
  const id = last;
  send({ id, method, params });
  return new Promise((resolve, reject) => answers.set(id, { resolve, reject }));
}

function receive(message) {
  if (message.method === "textDocument/publishDiagnostics") {
    problems.set(message.params.uri, message.params.diagnostics.map((found) => found.message));
    published();
  } else if (message.method && message.id !== undefined) {
    // The server asks for settings; to everything else nothing is an answer.
    const items = message.params?.items ?? [];
    const result = message.method === "workspace/configuration" ? items.map((item) => settings[item.section] ?? null) : null;
    send({ id: message.id, result });
  } else if (answers.has(message.id)) {
    const { resolve, reject } = answers.get(message.id);
    answers.delete(message.id);
    if (message.error) reject(new Error(message.error.message));
    else resolve(message.result);
  }
}

let buffer = Buffer.alloc(0);
server.stdout.on("data", (data) => {
  buffer = Buffer.concat([buffer, data]);
  for (;;) {
    const end = buffer.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, end).toString())[1]);
    if (buffer.length < end + 4 + length) return;
    const text = buffer.subarray(end + 4, end + 4 + length).toString();
    buffer = buffer.subarray(end + 4 + length);
    receive(JSON.parse(text));
  }
});

const uri = (file) => pathToFileURL(file).href;
const capabilities = {
  workspace: { configuration: true },
  textDocument: { publishDiagnostics: {}, completion: { completionItem: { snippetSupport: true } } },
};
await ask("initialize", { processId: process.pid, rootUri: null, capabilities });
send({ method: "initialized", params: {} });
send({ method: "workspace/didChangeConfiguration", params: { settings } });

const all = new Promise((resolve) => {
  published = () => request.files.every((file) => problems.has(uri(file))) && resolve();
});
for (const file of request.files) {
  const text = readFileSync(file, "utf8");
  send({ method: "textDocument/didOpen", params: { textDocument: { uri: uri(file), languageId: "yaml", version: 1, text } } });
}
if (request.files.length > 0) await all;

const completions = [];
for (const { file, line, character } of request.completions) {
  const found = await ask("textDocument/completion", { textDocument: { uri: uri(file) }, position: { line, character } });
  completions.push((found.items ?? found).map((item) => item.label));
}
const shown = Object.fromEntries(request.files.map((file) => [file, problems.get(uri(file))]));
process.stdout.write(JSON.stringify({ problems: shown, completions }));
server.kill();
