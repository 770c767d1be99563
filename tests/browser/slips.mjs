// What people do by mistake: wrong words, two presses, a half-filled form, a browser left behind. And the other language.

import { holds, none } from "./harness.mjs";
import { Watch } from "./inspect.mjs";
import { begin, errors, fill, heading, press, row, said } from "./page.mjs";
import { SPOKEN, YES, person } from "./people.mjs";

const PHONE = { width: 390, height: 844 };

export default async function (world, tally) {
  const officer = await world.as("officer", { viewport: PHONE });
  await tally.check("all that is wrong is said at once, leads to its field, and nothing typed is lost", () => wrong(officer));
  await tally.check("two presses send once", () => twice(officer));
  await tally.check("who comes back to a form meets the questions that go with its answers", () => cameBack(officer));
  await tally.check("another language to read aloud loses nothing of a half-filled form", () => aloud(officer));
  await tally.check("the other language is one press away and stays", () => english(officer));
  await officer.context().close();
  await tally.check("after log-out the browser's back button shows nothing", () => left(world));
}

async function wrong(page) {
  // What is seldom asked for lies folded away until it is opened.
  const folded = page.getByText("Mer om händelsen", { exact: true });
  const typed = {
    "Personnummer eller samordningsnummer": "19450406-9249",
    "Namn": "Felix Slarv",
    "Telefon": "ring mig",
    "Bor i kommun": "Ankeborg",
    "Plats": "E22 vid Åryd",
  };
  await page.goto("/begin/smadit");
  await folded.click();
  await fill(page, { "Påverkad av": "Narkotika", ...typed });
  const watch = new Watch(page);
  await press(page, "Skicka");
  none(watch.take().filter((complaint) => !/422/.test(complaint)), "complaints of the browser");
  const links = page.getByRole("alert").getByRole("link");
  // The outcome, the offence, the children, the number, the telephone and the municipality.
  holds((await links.count()) === 6, `not six mistakes: ${(await errors(page)).join("; ")}`);
  holds(await page.getByRole("alert").evaluate((box) => box === document.activeElement), "the summary has not focus");
  for (let index = 0; index < 6; index += 1) {
    const target = (await links.nth(index).getAttribute("href")).slice(1);
    await links.nth(index).click();
    const reached = await page.evaluate((id) => document.getElementById(id)?.contains(document.activeElement) ?? false, target);
    holds(reached, `the link \`${await links.nth(index).innerText()}\` does not move focus to ${target}`);
  }
  for (const [label, words] of Object.entries(typed)) {
    const kept = await page.getByRole("textbox", { name: label, includeHidden: true }).inputValue();
    holds(kept === words, `${label} became ${kept}`);
  }
  holds(await page.getByLabel("Narkotika", { exact: true }).isChecked(), "a choice was lost");
  holds(!page.url().includes("Felix"), "the address names the person");
  await fill(page, { ...YES, ...SPOKEN, ...person("Felix Slarv", 51) });
  await press(page, "Skicka");
  holds(/^\/cases\//.test(new URL(page.url()).pathname), `mended, and still refused: ${(await errors(page)).join("; ")}`);
}

async function twice(page) {
  const name = "Dubbel-Disa Två";
  let sent = 0;
  // The answer is slow, as on a country road, so that there is time to press again.
  await page.route(/\/begin\//, async (route) => {
    if (route.request().method() === "POST") {
      sent += 1;
      await new Promise((done) => setTimeout(done, 600));
    }
    await route.continue();
  });
  await page.goto("/begin/smadit");
  await fill(page, { ...YES, ...SPOKEN, ...person(name, 53) });
  await page.getByRole("button", { name: "Skicka" }).evaluate((button) => {
    button.click();
    setTimeout(() => button.click(), 200);
  });
  await page.waitForURL(/\/cases\//);
  await page.unroute(/\/begin\//);
  holds(sent === 1, `${sent} sendings`);
  await page.goto("/?state=passed");
  holds((await row(page, name).count()) === 1, `${await row(page, name).count()} cases`);
}

/** Browsers keep some answers of a page that one comes back to. What they ask for must then be there too. */
async function cameBack(page) {
  await begin(page, "smadit", { ...YES, ...SPOKEN, ...person("Bertil Bakåt", 55) });
  await page.goBack();
  await page.getByRole("button", { name: "Skicka" }).waitFor();
  const kept = await page.getByLabel("Tackar ja", { exact: true }).isChecked();
  const asked = await page.getByLabel("Ja, personen har godkänt muntligt").isVisible();
  holds(kept === asked, `the answer is ${kept ? "kept" : "gone"}, the consent is ${asked ? "asked for" : "hidden"}`);
}

async function aloud(page) {
  await page.goto("/begin/smadit");
  await fill(page, { ...YES, "Namn": "Halv Ifylld" });
  await page.getByText("Andra språk", { exact: true }).click();
  await page.getByRole("link", { name: "suomi" }).click();
  await page.locator('blockquote[lang="fi"]').first().waitFor();
  const kept = await page.getByRole("textbox", { name: "Namn" }).inputValue();
  holds(kept === "Halv Ifylld" && (await page.getByLabel("Tackar ja", { exact: true }).isChecked()), "the form was emptied");
}

async function english(page) {
  await page.goto("/");
  await page.getByRole("link", { name: "English" }).click();
  holds((await heading(page)) === "Work list", `the heading is ${await heading(page)}`);
  await page.goto("/begin/smadit");
  holds((await page.getAttribute("html", "lang")) === "en", "the page's language is not English");
  const words = await said(page);
  none(["Says yes", "Are there children?", "Send"].filter((part) => !words.includes(part)), "not in English");
  none(["Tackar ja", "Finns det barn?", "Skicka"].filter((part) => words.includes(part)), "left in Swedish");
  await page.goto("/");
  await page.getByRole("link", { name: "Svenska" }).click();
  holds((await heading(page)) === "Arbetslista", `the heading is ${await heading(page)}`);
}

async function left(world) {
  const page = await world.as("receiver");
  await page.goto("/");
  const link = page.getByRole("table").getByRole("link").first();
  const name = await link.innerText();
  await link.click();
  await page.getByRole("heading", { name }).waitFor();
  await page.getByRole("button", { name: "Logga ut" }).click();
  await page.getByLabel("Lösenord").waitFor();
  for (let back = 0; back < 3; back += 1) {
    await page.goBack().catch(() => {});
    await page.waitForLoadState("load");
    holds(!(await page.content()).includes(name), `${back + 1} steps back, ${new URL(page.url()).pathname} shows the person`);
  }
  await page.context().close();
}
