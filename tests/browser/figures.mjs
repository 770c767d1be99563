// Figures as pictures: sorted and followed by links, read with the keyboard, the same in picture and table, printed, and a file
// of others' figures taken in, all without scripts too.

import { holds, none } from "./harness.mjs";
import { accessibility, keyboard, sideways } from "./inspect.mjs";
import { errors, fill, press, said } from "./page.mjs";

const PAGES = ["/county", "/county/side-by-side", "/county/map", "/situation", "/situation?area=1083", "/situation/imports", "/releases"];
const FILE = "indikator;år;område;grupp;kön;värde;enhet;n;källa\n";
const ROW = "Har rökt senaste året;2025;Karlshamn;gy 2;alla;12,5;procent;240;Egen enkät 2025\n";
const NAME = "Enkät i gymnasiet";

export default async function (world, tally) {
  for (const javaScriptEnabled of [true, false]) {
    const says = javaScriptEnabled ? "" : "without scripts: ";
    const page = await world.as("coordinator", { javaScriptEnabled, viewport: { width: 1280, height: 900 } });
    await tally.check(`${says}the table of municipalities is sorted by a press on a column's head`, () => sorted(page));
    await tally.check(`${says}a tile of the map leads to its row in the table`, () => tiles(page));
    await tally.check(`${says}a file with mistakes is refused with all of them, and a right one is taken in and withdrawn`, () =>
      files(page, javaScriptEnabled ? NAME : `${NAME}, igen`),
    );
    await page.context().close();
    const county = await world.as("county", { javaScriptEnabled });
    await tally.check(`${says}a period is published by a press on a button, and can be followed until it is open to anybody`, () =>
      ordered(county, javaScriptEnabled),
    );
    await county.context().close();
  }
  const page = await world.as("county", { viewport: { width: 1280, height: 900 } });
  await tally.check("a picture and its table say the same", () => same(page));
  await tally.check("the joint reading is written in versions", () => reading(page));
  for (const path of PAGES) {
    await tally.check(`${path}: accessible and no wider than the window`, () => looks(page, path));
    await tally.check(`${path}: the keyboard reaches all`, async () => {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(path);
      none(await keyboard(page));
    });
    await tally.check(`${path}: fits a printed page`, () => printed(page, path));
  }
  await page.context().close();
}

async function sorted(page) {
  await page.goto("/county/side-by-side");
  const head = page.getByRole("columnheader", { name: "Misstänkta" });
  await head.getByRole("link", { name: "Misstänkta", exact: true }).click();
  await page.waitForLoadState("load");
  holds((await head.getAttribute("aria-sort")) === "descending", "the column is not said to be sorted");
  const rows = page.locator("table.side tbody:last-child tr");
  const counts = (await rows.locator("td:nth-child(2)").allInnerTexts()).map(Number);
  holds(counts.length === 5 && counts.every((n, at) => at === 0 || counts[at - 1] >= n), `not sorted: ${counts}`);
  await head.getByRole("link", { name: /^Misstänkta/ }).first().click();
  await page.waitForLoadState("load");
  holds((await head.getAttribute("aria-sort")) === "ascending", "a second press does not turn the order");
  holds((await page.locator(".wholes th").innerText()) === "Blekinge län", "the county does not stand first");
}

async function tiles(page) {
  await page.goto("/county/map");
  const tile = page.getByRole("link", { name: /^Karlskrona \d/ });
  const value = await tile.locator(".value").innerText();
  await tile.click();
  await page.waitForLoadState("load");
  holds(page.url().endsWith("#places-1080"), `led to ${page.url()}`);
  const row = await page.locator("#places-1080").innerText();
  holds(row.includes(value), `${value} is not in ${row}`);
}

/** Fills in the form for a file and presses a button. */
async function send(page, name, text, button) {
  await page.goto("/situation/imports");
  await fill(page, { "Vad heter statistiken?": name });
  await page.getByLabel("Fil", { exact: true }).setInputFiles({ name: "enkat.csv", mimeType: "text/csv", buffer: Buffer.from(text, "latin1") });
  await press(page, button);
}

async function files(page, name) {
  await send(page, name, FILE + ROW.replace("Karlshamn", "Karlshamm").replace("12,5", "-1"), "Läs in filen");
  const wrong = await errors(page);
  holds(wrong.length === 2 && wrong[0] === "Rad 2, kolumn 3: Området finns inte. Menas Karlshamn?", wrong.join("; "));
  await send(page, name, FILE + ROW, "Kontrollera utan att läsa in");
  holds((await said(page)).includes("Filen går att läsa in: en uppgift."), "a trial does not say how it went");
  holds((await page.getByRole("rowheader", { name: `${name} version` }).count()) === 0, "a trial left something");
  await send(page, name, FILE + ROW, "Läs in filen");
  holds((await said(page)).includes("Statistiken är inläst"), "the file was not taken in");
  await page.goto("/situation?area=1082&indicator=Har%20r%C3%B6kt%20senaste%20%C3%A5ret");
  const words = await said(page);
  none(["Har rökt senaste året, gy 2", "12,5 %", "Egen enkät 2025", "n = 240"].filter((part) => !words.replaceAll("\u00a0", " ").includes(part)), "the picture lacks");
  await page.goto("/situation/imports");
  await press(page, `Dra tillbaka ${name}`);
  holds((await said(page)).includes("Statistiken är tillbakadragen"), "the file was not withdrawn");
  await page.goto("/situation?area=1082");
  holds(!(await said(page)).includes("Har rökt"), "withdrawn figures are still shown");
}

/** With scripts the page follows by itself; without, by the link that it gives. */
async function ordered(page, javaScriptEnabled) {
  await page.goto("/releases");
  await press(page, "Publicera");
  holds((await errors(page)).length === 2, "a form without answers is taken");
  const [period, words] = javaScriptEnabled ? ["2026-Q2", "kvartal 2 2026"] : ["2026-Q1", "kvartal 1 2026"];
  await page.getByLabel("Arbetssätt").selectOption("smadit");
  await page.getByLabel("Period").selectOption(period);
  await press(page, "Publicera");
  holds((await said(page)).includes("Beställningen är mottagen"), "the order was not taken");
  const row = page.locator("#orders tr", { hasText: words });
  for (let looked = 0; !javaScriptEnabled && looked < 60 && (await page.locator("[data-live]").count()); looked += 1) {
    await page.waitForTimeout(500);
    await page.getByRole("link", { name: "Se hur långt det har kommit" }).click();
    await page.waitForLoadState("load");
  }
  await page.locator("#orders:not([data-live])").waitFor({ timeout: 60_000 });
  holds(/Publicerad|Fanns redan/.test(await row.innerText()), `it says ${await row.innerText()}`);
  await row.getByRole("link").click();
  await page.waitForLoadState("load");
  holds((await page.locator("h1").innerText()).includes(words), "the row does not lead to the release");
}

async function same(page) {
  await page.goto("/situation?area=1082");
  const figure = page.locator("figure.chart", { has: page.locator("ol.tiles") }).first();
  const drawn = await figure.locator("ol.tiles a").evaluateAll((all) => all.map((a) => [a.querySelector(".name").innerText, a.querySelector(".value").innerText]));
  await figure.locator("summary").click();
  const table = await figure.locator("tbody tr").evaluateAll((all) => all.map((tr) => [...tr.children].map((cell) => cell.innerText)));
  const told = new Map(table);
  holds(drawn.length === 5 && drawn.length === told.size, `${drawn.length} tiles, ${told.size} rows`);
  none(drawn.filter(([name, value]) => told.get(name) !== value).map(([name, value]) => `${name}: ${value} and ${told.get(name)}`));
  holds(told.get("Sölvesborg") === "..", "few answered in Sölvesborg, and it is shown");
}

async function reading(page) {
  for (const [version, words] of [[1, "Fler provar i åk 9."], [2, "Fler provar i åk 9 och i gy 2."]]) {
    await page.goto("/situation?area=1081");
    await page.getByText("Skriv en ny version").click();
    await fill(page, { "Problembild": words });
    await press(page, "Spara versionen");
    const all = await said(page);
    holds(all.includes(words) && all.includes(`Version ${version},`), `version ${version} is not shown`);
  }
}

async function looks(page, path) {
  const problems = [];
  for (const width of [390, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.goto(path);
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      problems.push(...[...(await accessibility(page)), ...(await sideways(page))].map((problem) => `${width} ${colorScheme}: ${problem}`));
    }
  }
  none(problems);
}

/** A4 within its margins is 680 px wide. */
async function printed(page, path) {
  await page.setViewportSize({ width: 680, height: 1000 });
  await page.emulateMedia({ media: "print" });
  await page.goto(path);
  const wide = await sideways(page);
  await page.emulateMedia({ media: null });
  none(wide);
}
