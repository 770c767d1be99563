// Lets Schemathesis make requests from the API's own description, as several roles: no fault, no undocumented answer, no way
// past the token. And tries the instrument itself: an answer that is made wrong on its way must be seen.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { fileURLToPath } from "node:url";

import { Demo, Tally, holds } from "../browser/harness.mjs";

const PROGRAM = process.env.KEDJAN_TEST_SCHEMATHESIS ?? "st";
const ROLES = (process.env.KEDJAN_API_ROLES ?? "officer receiver admin controller county").split(" ");
// It leaves its cache where it stands.
const PLACE = fileURLToPath(new URL("../../target/", import.meta.url));
const EXAMPLES = process.env.KEDJAN_API_EXAMPLES ?? "15";

/** Runs it against an address and gives its exit status and what it said. */
async function run(url, token, examples) {
  const words = ["run", `${url}/api/v1/openapi.json`, "--url", `${url}`];
  words.push("--header", `Authorization: Bearer ${token}`, "--checks", "all");
  // A body can have the form that the description says and still name a municipality that there is not.
  words.push("--exclude-checks", "positive_data_acceptance");
  words.push("--max-examples", examples, "--continue-on-failure", "--no-color", "--generation-deterministic");
  const child = spawn(PROGRAM, words, { cwd: PLACE, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const ended = await once(child, "exit").catch((error) => [error.message]);
  return { status: ended[0], said };
}

/** A way to the server on which the answers to one path are made wrong. */
async function faulty(url, path, change) {
  const server = createServer((asked, answer) => {
    const to = request(new URL(asked.url, url), { method: asked.method, headers: asked.headers }, (real) => {
      const wrong = asked.url.startsWith(path) ? change : {};
      const { ["content-length"]: _, ...headers } = { ...real.headers, ...wrong.headers };
      answer.writeHead(wrong.status ?? real.statusCode, headers);
      real.pipe(answer);
    });
    to.on("error", () => answer.destroy());
    asked.pipe(to);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

const summary = (said) => said.split("\n").filter((line) => /generated|Tested|❌/.test(line)).join(" ").trim();

const tally = new Tally();
const demo = await Demo.start();
try {
  for (const role of ROLES) {
    await tally.check(`the API answers ${role} as it is described`, async () => {
      const { status, said } = await run(demo.url, demo.tokens.get(role), EXAMPLES);
      console.log(`        ${summary(said)}`);
      holds(/\d+ generated/.test(said), `nothing was tried:\n${said.slice(-2000)}`);
      holds(status === 0, said.slice(-6000));
    });
  }
  for (const [what, change] of [
    ["a fault", { status: 500 }],
    ["an undocumented answer", { status: 418 }],
    ["an undocumented form", { headers: { "content-type": "text/html" } }],
  ]) {
    await tally.check(`seen: ${what}`, async () => {
      const way = await faulty(demo.url, "/api/v1/units", change);
      const { status } = await run(way.url, demo.tokens.get("admin"), "2");
      way.close();
      holds(status === 1, `it ended with ${status}`);
    });
  }
} finally {
  await demo.stop();
}
tally.end();
