// What a person does on a page, by what the page calls things.

import { holds } from "./harness.mjs";

/**
 * Fills in a form by its labels: `{ "Telefon": "070-174 06 05", "Svar": "Ja, tack", "Barn": ["Nej"] }`.
 * A radio group or a group of check boxes is named by its legend, and a list of values ticks several.
 */
export async function fill(page, answers) {
  for (const [label, answer] of Object.entries(answers)) {
    const group = page.getByRole("group", { name: label }).or(page.getByRole("radiogroup", { name: label }));
    const field = page.getByLabel(label);
    await group.or(field).first().waitFor();
    if ((await group.count()) > 0) {
      for (const choice of [answer].flat()) await group.first().getByLabel(choice).first().check();
      continue;
    }
    const first = field.first();
    const kind = await first.evaluate((element) => (element.tagName === "SELECT" ? "select" : element.type));
    if (kind === "select") await first.selectOption({ label: answer });
    else if (kind === "checkbox" || kind === "radio") await first.setChecked(answer);
    else await first.fill(answer);
  }
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

/** Begins a chain by a method and records its first step; gives the path of the case. */
export async function begin(page, method, answers, button) {
  await page.goto(`/begin/${method}`);
  await fill(page, answers);
  await press(page, button);
  const path = new URL(page.url()).pathname;
  holds(/^\/cases\/[^/]+$/.test(path), `the offer led to ${path}, not to its case: ${(await errors(page)).join("; ")}`);
  return path;
}

/** Records a step in the case at `path`. */
export async function record(page, path, step, answers, button) {
  await page.goto(`${path}/steps/${step}`);
  await fill(page, answers);
  await press(page, button);
  const problems = await errors(page);
  holds(problems.length === 0, `the step ${step} was not taken: ${problems.join("; ")}`);
}

/** What the error summary of the page says, line by line. */
export async function errors(page) {
  return page.getByRole("alert").getByRole("link").allInnerTexts();
}

/** The first heading of the page. */
export function heading(page) {
  return page.getByRole("heading", { level: 1 }).first().innerText();
}
