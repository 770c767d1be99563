// With the keyboard alone: Tab reaches everything on every page, and one sees where one is.

import { crawl } from "./crawl.mjs";
import { none } from "./harness.mjs";
import { keyboard } from "./inspect.mjs";

const ROLES = ["officer", "receiver", "coordinator"];

export default async function (world, tally) {
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
