// A survey is answered by its link: on a phone, by keyboard, with and without scripts; and told by the county's coordinator.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, holds, none } from "./harness.mjs";
import { Watch, accessibility, sideways } from "./inspect.mjs";
import { errors, fill, follow, heading, press, said } from "./page.mjs";

const SCREENS = join(ROOT, "target/screens");
const PHONE = { width: 390, height: 844 };
const NOT_BEGUN = "Länsstyrelsen i Västernorrlands län";
const OTHER = "Länsstyrelsen i Jämtlands län";

export default async function (world, tally) {
  await mkdir(SCREENS, { recursive: true });
  const county = await world.as("county", { viewport: { width: 1280, height: 900 } });
  let link, other;
  await tally.check("survey: the coordinator makes a link, shown once", async () => {
    link = await newLink(county, NOT_BEGUN);
    other = await newLink(county, OTHER);
    await open(county, "SMADIT i länen 2026");
    holds(!(await said(county)).includes("/answer/"), "the link is shown again");
  });
  if (link) await tally.check("survey: answered by link on a phone", () => answered(world, link));
  if (other) await tally.check("survey: answered by link without scripts, by two", () => bare(world, other));
  await tally.check("survey: no link but the own one leads anywhere", () => wrong(world));
  await tally.check("survey: results, fact sheet and coding", () => told(world, county));
  await county.context().close();
}

async function open(page, which) {
  await page.goto("/surveys");
  await page.getByRole("link", { name: which }).click();
  await page.waitForLoadState("load");
}

async function newLink(page, name) {
  await open(page, "SMADIT i länen 2026");
  const row = page.getByRole("row", { name });
  await row.getByText("Länk och svar").click();
  await Promise.all([page.waitForLoadState("load"), row.getByRole("button", { name: /^Gör en ny länk/ }).click()]);
  const href = await page.locator("a[href*='/answer/']").getAttribute("href");
  return new URL(href).pathname;
}

/** Problems of the page in both schemes, with a picture of each. */
async function seen(page, name) {
  const problems = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    problems.push(...(await accessibility(page)), ...(await sideways(page)));
    await page.screenshot({ path: join(SCREENS, `survey-${name}-${page.viewportSize().width}-${colorScheme}.png`), fullPage: true });
  }
  return problems;
}

async function answered(world, link) {
  const page = await world.page({ viewport: PHONE });
  const watch = new Watch(page);
  await page.goto(link);
  none(watch.take(), "complaints of the browser");
  holds(!(await page.getByText("Regional samverkan").first().isVisible()), "what is not asked is shown");
  await fill(page, { "Bedrevs SMADIT-arbete i länet under året?": "Ja" });
  holds(await page.getByText("Har länet en grupp för regional samverkan om SMADIT?").isVisible(), "what is asked is hidden");
  none(await seen(page, "form"));
  await press(page, "Skicka in");
  const missing = await errors(page);
  holds(missing.length === 6, `not all that is missing at once: ${missing.join("; ")}`);
  none(await seen(page, "wrong"));
  // The summary leads to the question, by keyboard.
  await page.getByRole("alert").getByRole("link").first().press("Enter");
  const focused = () => page.evaluate(() => document.activeElement?.name);
  holds((await focused()) === "q-group", `the summary led to ${await focused()}`);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await fill(page, { "Vilka samverkar länsstyrelsen med i SMADIT-arbetet?": ["Polismyndigheten"], "Finns en styrgrupp för arbetet?": "Nej" });
  await press(page, "Spara och fortsätt senare");
  await page.getByText("Svaren är sparade. De är inte inskickade än.").waitFor();
  await fill(page, {
    "Har länet en grupp för regional samverkan om SMADIT?": "Nej",
    "Har länsstyrelsen avtal eller överenskommelser med andra om SMADIT?": "Nej",
    "Hur stödde länsstyrelsen arbetet under året?": ["Arrangerade konferenser"],
    "Följdes SMADIT-arbetet upp under året?": "Nej",
    "Varför följdes arbetet inte upp?": ["Rutiner saknas"],
  });
  await press(page, "Skicka in");
  holds((await heading(page)) === "Tack, svaren är inskickade", await heading(page));
  none(await seen(page, "receipt"));
  holds(new URL(page.url()).pathname === link && new URL(page.url()).search === "", "an answer stands in the address");
  await page.context().close();
}

async function bare(world, link) {
  const page = () => world.page({ javaScriptEnabled: false, viewport: PHONE });
  const [one, two] = [await page(), await page()];
  await one.goto(link);
  await two.goto(link);
  holds((await one.locator("noscript p").count()) > 3, "nothing says which questions can be skipped");
  await fill(one, { "Bedrevs SMADIT-arbete i länet under året?": "Nej", "Varför bedrivs inget SMADIT-arbete?": "Inga resurser." });
  await press(one, "Spara och fortsätt senare");
  await fill(two, { "Bedrevs SMADIT-arbete i länet under året?": "Nej", "Varför bedrivs inget SMADIT-arbete?": "Annat skäl." });
  await press(two, "Skicka in");
  holds((await said(two)).includes("Någon annan har sparat") && (await said(two)).includes("Inga resurser."), "written over unseen");
  await two.screenshot({ path: join(SCREENS, "survey-meanwhile-390-light.png"), fullPage: true });
  await press(two, "Skicka in");
  holds((await heading(two)) === "Tack, svaren är inskickade", await heading(two));
  holds((await said(two)).includes("Annat skäl."), "the receipt has not what was handed in");
  await press(two, "Öppna svaren igen");
  holds((await two.getByLabel("Varför bedrivs inget SMADIT-arbete?").inputValue()) === "Annat skäl.", "the answer was lost");
  await one.context().close();
  await two.context().close();
}

async function wrong(world) {
  const page = await world.page({ viewport: PHONE });
  const texts = [];
  for (const token of ["x", "A".repeat(43)]) {
    const answer = await page.goto(`/answer/${token}`);
    holds(answer.status() === 404, `answered ${answer.status()}`);
    texts.push(await said(page));
  }
  holds(texts[0] === texts[1] && texts[0].includes("Länken gäller inte"), "wrong links are told apart");
  none(await seen(page, "no-link"));
  await page.context().close();
}

async function told(world, page) {
  await open(page, "SMADIT i länen 2025");
  none(await seen(page, "round"));
  holds((await said(page)).includes("21 inbjudna = 21 har svarat + 0 har börjat + 0 har inte börjat + 0 avstår."), "not reconciled");
  await follow(page, "Faktablad");
  const sheet = await said(page);
  for (const words of [
    "I en majoritet av länen som arbetar med SMADIT finns en regional samverkansgrupp (11 av 15, 73 %).",
    "I drygt hälften av länen som arbetar med SMADIT finns en styrgrupp (8 av 15, 53 %).",
    "I knappt hälften av länen som arbetar med SMADIT följs arbetet upp (7 av 15, 47 %).",
    "I ett av länen som följer upp arbetet ansvarar alla tre gemensamt: länsstyrelsen, Polismyndigheten och regionen (1 av 7, 14 %).",
    "21 av 21 inbjudna svarade (100 %).",
  ]) {
    holds(sheet.replaceAll("\u00a0", " ").includes(words), `the fact sheet does not say: ${words}`);
  }
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    none(await seen(page, "sheet"));
  }
  await page.goBack();
  await follow(page, "Resultat");
  holds((await said(page)).includes("Indikator I17"), "the indicator is not told");
  none(await seen(page, "results"));
  await page.goBack();
  await follow(page, "Koda fritextsvar");
  none(await seen(page, "coding"));
  await page.goto("/surveys");
  none(await seen(page, "list"));
  await page.goto("/surveys/new");
  none(await seen(page, "new"));
}
