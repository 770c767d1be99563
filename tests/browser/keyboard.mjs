// With the keyboard alone: an offer is sent, Tab reaches everything on every page, and one sees where one is.

import { crawl } from "./crawl.mjs";
import { holds, none } from "./harness.mjs";
import { keyboard } from "./inspect.mjs";
import { countTaps, errors } from "./page.mjs";
import { person } from "./people.mjs";

const ROLES = ["officer", "receiver", "coordinator"];
const MOST_TABS = 80;

export default async function (world, tally) {
  await tally.check("the officer logs in and sends an offer with the keyboard", () => offer(world));
  const seen = new Set();
  for (const role of ROLES) {
    await tally.check(`${role} with the keyboard: all pages`, async () => {
      const page = await world.as(role, { viewport: { width: 1280, height: 900 } });
      await crawl(page, async (kind) => {
        if (seen.has(kind)) return;
        seen.add(kind);
        await tally.check(`${role} with the keyboard: ${kind}`, async () => none(await keyboard(page)));
      });
      await page.context().close();
    });
  }
}

async function offer(world) {
  const page = await world.page({ viewport: { width: 1280, height: 900 } });
  const { user, password } = world.demo.logins.get("officer");
  await page.goto("/");
  const taps = await countTaps(page);
  await type(page, "Användarnamn", user);
  await type(page, "Lösenord", password);
  await enter(page, page.getByRole("button", { name: "Logga in" }));
  await enter(page, page.getByRole("link", { name: "Nytt ärende" }));
  await enter(page, page.getByRole("link", { name: "Registrera erbjudande" }));
  await choose(page, "Hur gick det?", "Tackar ja");
  await choose(page, "Misstänkt brott", "Drograttfylleri");
  await choose(page, "Påverkad av", "Narkotika");
  await choose(page, "Finns det barn?", "Nej");
  await tabTo(page, page.getByLabel("Ja, personen har godkänt muntligt"));
  await page.keyboard.press("Space");
  for (const [label, words] of Object.entries(person("Tabita Tangent", 71))) await type(page, label, words);
  await enter(page, page.getByRole("button", { name: "Skicka" }));
  await page.waitForURL(/\/cases\//).catch(async () => none(await errors(page), "the offer was refused"));
  await page.getByText("Sparat och överlämnat till").waitFor();
  holds(taps() === 0, `${taps()} touches of the screen`);
  await page.context().close();
}

/** Presses Tab until the place has focus. */
async function tabTo(page, place) {
  await place.first().waitFor({ state: "attached" });
  const here = () => place.evaluateAll((all) => all.includes(document.activeElement));
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    if (await here()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${place}`);
}

async function type(page, label, words) {
  await tabTo(page, page.getByRole("textbox", { name: label }));
  await page.keyboard.type(words);
}

/** Enter on a link or a button, and its page. */
async function enter(page, place) {
  await tabTo(page, place);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

/** Tab to the group of radio buttons, Space for the first or the arrow down to another. */
async function choose(page, question, answer) {
  const group = page.getByRole("group", { name: question });
  await tabTo(page, group.getByRole("radio"));
  const wanted = group.getByRole("radio", { name: answer, exact: true });
  await page.keyboard.press("Space");
  for (let presses = 0; !(await wanted.isChecked()); presses += 1) {
    holds(presses < 10, `the arrow does not reach ${answer}`);
    await page.keyboard.press("ArrowDown");
  }
}
