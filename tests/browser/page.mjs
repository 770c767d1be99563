// What a person does on a page, by what the page calls things.

import { holds } from "./harness.mjs";

/** A label as the page may write it: alone, or with a remark such as that it is optional. */
function called(label) {
  return new RegExp(`^\\s*${label.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*(\\([^)]*\\))?\\s*$`);
}

/**
 * Fills in a form by its labels: `{ "Telefon": "070-174 06 05", "Svar": "Ja, tack", "Barn": ["Nej"] }`.
 * A radio group or a group of check boxes is named by its legend, and a list of values ticks several.
 */
export async function fill(page, answers) {
  for (const [label, answer] of Object.entries(answers)) {
    const name = called(label);
    const group = page.getByRole("group", { name }).or(page.getByRole("radiogroup", { name }));
    const field = page.getByLabel(name);
    await group.or(field).first().waitFor();
    if ((await group.count()) > 0) {
      for (const choice of [answer].flat()) await group.first().getByLabel(called(choice)).first().check();
      continue;
    }
    const first = field.first();
    const kind = await first.evaluate((element) => (element.tagName === "SELECT" ? "select" : element.type));
    if (kind === "select") await first.selectOption({ label: answer });
    else if (kind === "checkbox" || kind === "radio") await first.setChecked(answer);
    else await first.fill(answer);
  }
}

/** Draws a name with one stroke in the box for the signature. */
export async function sign(page) {
  const pad = page.getByRole("img", { name: "Ruta att skriva sin namnteckning i" });
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await pad.boundingBox();
  await page.mouse.move(x + width * 0.2, y + height * 0.7);
  await page.mouse.down();
  for (const [across, down] of [[0.3, 0.2], [0.4, 0.8], [0.5, 0.3], [0.7, 0.6]]) {
    await page.mouse.move(x + width * across, y + height * down, { steps: 4 });
  }
  await page.mouse.up();
}

/** Counts every touch of the screen from now on, as the browser tells it: `taps()` gives how many. */
export async function countTaps(page) {
  let taps = 0;
  await page.exposeFunction("tapped", () => (taps += 1));
  const listen = () => addEventListener("pointerdown", () => globalThis.tapped(), { capture: true });
  await page.addInitScript(listen);
  await page.evaluate(listen);
  return () => taps;
}

/** Presses the button and waits for the answer's page. */
export async function press(page, name) {
  const answered = page.waitForResponse((response) => response.request().isNavigationRequest() && Math.floor(response.status() / 100) !== 3);
  await page.getByRole("button", { name }).click();
  await answered;
  await page.waitForLoadState("load");
}

/** Follows the link and waits for its page. */
export async function follow(page, name) {
  await page.getByRole("link", { name }).first().click();
  await page.waitForLoadState("load");
}

/** Begins a chain by a method and records its first step; `before` is what is done on the page just before it is sent. */
export async function begin(page, method, answers, before = async () => {}) {
  await page.goto(`/begin/${method}`);
  await fill(page, answers);
  await before(page);
  await press(page, "Skicka");
  const path = new URL(page.url()).pathname;
  holds(/^\/cases\/[^/]+$/.test(path), `the offer led to ${path}, not to its case: ${(await errors(page)).join("; ")}`);
  return path;
}

/** Records a step in the case at `path`, by the words of its link there. */
export async function record(page, path, action, answers) {
  await page.goto(path);
  await follow(page, action);
  await fill(page, answers);
  await press(page, "Spara");
  const problems = await errors(page);
  holds(problems.length === 0, `\`${action}\` was not taken: ${problems.join("; ")}`);
}

/** What the error summary of the page says, line by line. */
export async function errors(page) {
  return page.getByRole("alert").getByRole("link").allInnerTexts();
}

/** The row of the open work list that has the words, one or none. */
export function row(page, words) {
  return page.getByRole("table").getByRole("row", { name: words });
}

/** What the page itself says, without head and foot. */
export function said(page) {
  return page.getByRole("main").innerText();
}

/** The first heading of the page. */
export function heading(page) {
  return page.getByRole("heading", { level: 1 }).first().innerText();
}
