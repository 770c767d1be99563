// Every page of every role: accessibility on phone and desk in light and dark, width, complaints, weight, pictures.

import { join } from "node:path";
import { crawl, slug } from "./crawl.mjs";
import { ROOT, holds, none } from "./harness.mjs";
import { Watch, accessibility, sideways } from "./inspect.mjs";

export const ROLES = ["officer", "receiver", "care", "reception", "school", "coordinator", "county", "controller", "admin"];
const WIDTHS = [390, 1280];
const SCHEMES = ["light", "dark"];
/** The page an officer opens in a patrol car, with all it loads, unpacked, in bytes. */
const ROADSIDE_LIMIT = 40_000;
const SCREENS = join(ROOT, "target/screens");

/** Looks at the open page in every width and scheme, leaves a picture of each, and gives the problems. */
async function variants(page, name) {
  const problems = [];
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const where = (problem) => `${width} ${colorScheme}: ${problem}`;
      problems.push(...(await accessibility(page)).map(where));
      if (colorScheme === "light") problems.push(...(await sideways(page)).map(where));
      await page.screenshot({ path: join(SCREENS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 320, height: 800 });
  problems.push(...(await sideways(page)).map((problem) => `320: ${problem}`));
  return problems;
}

/** A later role's page of a kind already seen whole: once, on the phone. */
async function once(page) {
  await page.setViewportSize({ width: 390, height: 900 });
  return [...(await accessibility(page)), ...(await sideways(page))];
}

async function role(world, tally, name, seen) {
  const page = await world.as(name, { viewport: { width: 390, height: 900 } });
  const watch = new Watch(page);
  let roadside = 0;
  await tally.check(`${name}: comes to pages`, () =>
    crawl(page, async (kind, response) => {
      const complaints = watch.take();
      const weight = await watch.weight();
      await tally.check(`${name}: ${kind}`, async () => {
        holds(response.status() === 200, `answered ${response.status()}`);
        none(complaints, "complaints of the browser");
        if ((await page.locator("body.roadside").count()) > 0) {
          roadside += 1;
          // What the browser has kept from pages before is loaded anew, as on the first visit of the night.
          const first = await coldWeight(world, page);
          holds(first < ROADSIDE_LIMIT, `${first} bytes with all it loads, at most ${ROADSIDE_LIMIT} (warm ${weight})`);
        }
        none(seen.has(kind) ? await once(page) : await variants(page, `${name}-${slug(kind)}`));
        seen.add(kind);
      });
      // The instrument's own traces are not the page's.
      watch.take();
    }),
  );
  if (name === "officer") {
    await tally.check("officer: meets the roadside page", () => holds(roadside > 0, "no page of the kind roadside was linked"));
  }
  await page.context().close();
}

/** The weight of the open page in a browser that has never seen it. */
async function coldWeight(world, page) {
  const fresh = await world.page({ storageState: await page.context().storageState() });
  const watch = new Watch(fresh);
  await fresh.goto(page.url());
  const weight = await watch.weight();
  await fresh.context().close();
  return weight;
}

/** The log-in page and the pages that say what went wrong, in both languages. */
async function open(world, tally) {
  for (const path of ["/", "/?lang=en", "/no-such-page"]) {
    await tally.check(`not logged in: ${path}`, async () => {
      const page = await world.page();
      const watch = new Watch(page);
      await page.goto(path);
      const complaints = watch.take().filter((complaint) => path !== "/no-such-page" || !/404/.test(complaint));
      none(complaints, "complaints of the browser");
      none(await variants(page, `open-${slug(path)}`));
      await page.context().close();
    });
  }
}

export default async function (world, tally) {
  await open(world, tally);
  const seen = new Set();
  for (const name of ROLES.filter((r) => world.demo.logins.has(r))) {
    await tally.check(`${name}: all pages`, () => role(world, tally, name, seen));
  }
  await tally.check("every role has a log-in", () => none(ROLES.filter((r) => !world.demo.logins.has(r)), "roles without a log-in"));
}
