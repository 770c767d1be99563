// The instruments look at small pages with one fault each, and at one without: so it is known that they see.

import { createServer } from "node:http";
import { Tally, holds, none, openBrowser } from "./harness.mjs";
import { Watch, accessibility, keyboard, sideways } from "./inspect.mjs";
import { errors, fill, press } from "./page.mjs";

const STRICT = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'";
const SOUND = `<main><h1>Sidan</h1><form method="post"><label for="n">Namn</label> <input id="n" name="n">
  <fieldset><legend>Svar</legend><label><input type="radio" name="s" value="ja"> Ja</label>
  <label><input type="radio" name="s" value="nej"> Nej</label></fieldset>
  <label for="k">Kommun</label> <select id="k" name="k"><option>Karlshamn</option><option>Ronneby</option></select>
  <button>Spara</button></form><p><a href="/">Tillbaka</a></p></main>`;
const PAGES = {
  "/sound": SOUND,
  "/label": SOUND.replace('<label for="n">Namn</label>', "Namn"),
  "/contrast": SOUND.replace("<h1>", '<p class="faint">Text</p><h1>'),
  "/wide": SOUND.replace("<h1>", '<p class="wide">Text</p><h1>'),
  "/unreached": SOUND.replace("<button>", '<button tabindex="3">Först</button><button>'),
  "/trap": SOUND.replace("<main>", '<main><button id="trap">Fälla</button>').replace("</main>", '</main><script src="/trap.js"></script>'),
  "/unseen": SOUND.replace("<button>", '<button class="unseen">'),
  "/inline": SOUND.replace("<h1>", '<h1 style="color: red">'),
  "/script": `${SOUND}<script src="/throws.js"></script>`,
  "/missing": `${SOUND}<img src="/gone.png" alt="">`,
};
const FILES = {
  "/style.css": ".faint { color: #ccc; background: #fff } .wide { width: 900px } .unseen:focus { outline: none } html { background: #fff; color: #111 }",
  "/throws.js": "throw new Error('planted')",
  "/trap.js": "trap.addEventListener('keydown', (event) => event.preventDefault())",
};

function serve(request, response) {
  const path = new URL(request.url, "http://localhost").pathname;
  if (request.method === "POST") {
    let body = "";
    request.on("data", (data) => (body += data));
    request.on("end", () => answer(response, `<main><h1>Tack</h1><p id="got">${body}</p><div role="alert"><a href="#n">Fel</a></div></main>`));
  } else if (PAGES[path]) {
    answer(response, PAGES[path], path === "/script" || path === "/trap" ? `${STRICT}; script-src 'self'` : STRICT);
  } else {
    const kind = path.endsWith(".js") ? "text/javascript" : "text/css";
    response.writeHead(FILES[path] ? 200 : 404, { "content-type": kind }).end(FILES[path] ?? "");
  }
}

function answer(response, body, policy = STRICT) {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy });
  response.end(`<!doctype html><html lang="sv"><head><meta name="viewport" content="width=device-width">
    <title>Sidan</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head><body>${body}</body></html>`);
}

const server = createServer(serve);
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const browser = await openBrowser();
const tally = new Tally();
try {
  const context = await browser.newContext({
    baseURL: `http://127.0.0.1:${server.address().port}`,
    viewport: { width: 390, height: 800 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  const watch = new Watch(page);
  const visit = async (path) => {
    watch.take();
    await watch.weight();
    await page.goto(path);
  };
  const sees = (name, path, look, sign) =>
    tally.check(name, async () => {
      await visit(path);
      const problems = await look(page);
      holds(problems.some((problem) => sign.test(problem)), `not seen: ${sign}; seen: ${problems.join("; ")}`);
    });
  const complaints = async () => watch.take();

  await tally.check("a sound page has no problems", async () => {
    await visit("/sound");
    none([...watch.take(), ...(await accessibility(page)), ...(await sideways(page)), ...(await keyboard(page))]);
  });
  await sees("a field without a label is seen", "/label", accessibility, /^label:/);
  await sees("faint text is seen", "/contrast", accessibility, /^color-contrast:/);
  await sees("a page that is too wide is seen", "/wide", sideways, /900|wider/);
  await sees("a forced tab order is seen", "/unreached", keyboard, /tabindex above 0: button "Först"/);
  await sees("a keyboard trap is seen", "/trap", keyboard, /Tab does not reach button "Spara"/);
  await sees("focus that cannot be seen is seen", "/unseen", keyboard, /focus cannot be seen on button "Spara"/);
  await sees("a breach of the content policy is seen", "/inline", complaints, /Content Security Policy/i);
  await sees("a script that throws is seen", "/script", complaints, /planted/);
  await sees("a picture that is missing is seen", "/missing", complaints, /404: \/gone\.png/);
  await tally.check("the weight of a page counts what it loads", async () => {
    await visit("/sound");
    const weight = await watch.weight();
    const least = SOUND.length + FILES["/style.css"].length;
    holds(weight > least && weight < least + 600, `${weight} bytes, at least ${least}`);
  });
  await tally.check("a form is filled in by its labels and sent", async () => {
    await visit("/sound");
    await fill(page, { Namn: "Övning", Svar: "Nej", Kommun: "Ronneby" });
    await press(page, "Spara");
    const got = await page.locator("#got").innerText();
    holds(got === "n=%C3%96vning&s=nej&k=Ronneby", got);
    holds((await errors(page)).join() === "Fel", "the error summary was not read");
  });
} finally {
  await browser.close();
  server.close();
}
tally.end();
