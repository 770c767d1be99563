// Without scripts everything still works: the whole chain is walked, pages answer, and their forms are real forms with a button.

import { crawl } from "./crawl.mjs";
import { holds, none } from "./harness.mjs";
import { Watch } from "./inspect.mjs";
import { begin, errors, fill, follow, press, record, row, said } from "./page.mjs";
import { SPOKEN, YES, person } from "./people.mjs";

const ROLES = ["officer", "receiver", "coordinator"];
const NAME = "Valter Skriptlös";

export default async function (world, tally) {
  const bare = (role, width) => world.as(role, { javaScriptEnabled: false, viewport: { width, height: 900 } });
  const officer = await bare("officer", 390);
  const receiver = await bare("receiver", 1280);
  let path;
  await tally.check("without scripts: the officer mends what was wrong and hands over on a spoken consent", async () => {
    path = await offer(officer);
  });
  if (path) {
    await tally.check("without scripts: the receiver walks the case to support", () => support(receiver, path));
    await tally.check("without scripts: a withdrawn consent ends the receiver's access", () => withdrawn(officer, receiver, path));
  }
  await tally.check("without scripts: two presses make one case", () => twice(officer));
  await officer.context().close();
  await receiver.context().close();
  await pages(world, tally);
}

async function offer(page) {
  await page.goto("/begin/smadit");
  // Found by its place, for getByText passes over what stands in noscript.
  holds(await page.locator("section.consent noscript p").first().isVisible(), "nothing is said of how to consent");
  await fill(page, { "Påverkad av": "Alkohol", "Namn": NAME, "Telefon": "ring mig" });
  await press(page, "Skicka");
  const wrong = await errors(page);
  holds(wrong.length === 4, `not the outcome, the offence, the children and the telephone: ${wrong.join("; ")}`);
  holds((await page.getByRole("textbox", { name: "Namn" }).inputValue()) === NAME, "the name was lost");
  await fill(page, { ...YES, ...SPOKEN, ...person(NAME, 61) });
  await press(page, "Skicka");
  await page.getByText("Sparat och överlämnat till Socialtjänsten Karlshamn, vuxenenheten").waitFor();
  return new URL(page.url()).pathname;
}

async function support(page, path) {
  await page.goto("/");
  holds(/(36 h|35 h 5\d min) kvar/.test(await row(page, NAME).innerText()), "the row has no clock of 36 hours");
  await follow(page, NAME);
  await press(page, "Ta ärendet");
  await page.getByText("Du har tagit ärendet.").waitFor();
  await record(page, path, "Registrera kontaktförsök", { "Hur gick det?": "Inget svar", "Hur?": "Telefon" });
  await record(page, path, "Registrera kontaktförsök", { "Hur gick det?": "Nådd", "Hur?": "Telefon" });
  await record(page, path, "Registrera samtal", { "Hur gick det?": "Hållet" });
  await record(page, path, "Registrera screening", { "Hur gick det?": "Genomförd", "Instrument": "DUDIT" });
  await record(page, path, "Registrera insats", { "Hur gick det?": "Påbörjat", "Vilken insats?": "Rådgivning" });
  holds((await said(page)).includes("Stöd pågår"), "the case does not say that support is under way");
}

async function withdrawn(officer, receiver, path) {
  await officer.goto(path);
  await follow(officer, "Ta tillbaka samtycket");
  await press(officer, "Ta tillbaka nu");
  await officer.getByText("Samtycket är tillbakataget.").waitFor();
  const answer = await receiver.goto(path);
  holds(answer.status() === 404, `the receiver's page answered ${answer.status()}`);
  await receiver.goto("/");
  holds((await row(receiver, NAME).count()) === 0, "the receiver's list still has the person");
}

/** Nothing in the browser holds the second sending back: the server knows it by the form's own key. */
async function twice(page) {
  const name = "Dubbel-David Två";
  await page.goto("/begin/smadit");
  await fill(page, { ...YES, ...SPOKEN, ...person(name, 63) });
  const form = await page.locator("form", { has: page.getByRole("button", { name: "Skicka" }) }).evaluate((it) => ({
    path: it.getAttribute("action"),
    body: new URLSearchParams(new FormData(it)).toString(),
  }));
  const send = () =>
    page.request.post(form.path, {
      data: form.body,
      headers: { "content-type": "application/x-www-form-urlencoded", origin: new URL(page.url()).origin },
      maxRedirects: 0,
    });
  const answers = await Promise.all([send(), send()]);
  const places = answers.map((answer) => `${answer.status()} ${answer.headers().location}`);
  holds(places[0] === places[1] && /^303 \/cases\//.test(places[0]), `the two sendings led to ${places.join(" and ")}`);
  await page.goto("/?state=passed");
  holds((await row(page, name).count()) === 1, `${await row(page, name).count()} cases`);
}

/** Every page of three roles, one of each kind. */
async function pages(world, tally) {
  for (const role of ROLES) {
    await tally.check(`${role} without scripts: all pages`, async () => {
      const page = await world.as(role, { javaScriptEnabled: false, viewport: { width: 390, height: 900 } });
      const watch = new Watch(page);
      await crawl(page, (kind, response) =>
        tally.check(`${role} without scripts: ${kind}`, async () => {
          holds(response.status() === 200, `answered ${response.status()}`);
          none(watch.take(), "complaints of the browser");
          const dead = page.locator("form:not(:has(button:not([type=button]), input[type=submit]))");
          holds((await dead.count()) === 0, "a form without a button that sends it");
          const loose = page.locator("button[type=button]:visible");
          none(await loose.allInnerTexts(), "buttons that do nothing without scripts");
        }),
      );
      await page.context().close();
    });
  }
}
