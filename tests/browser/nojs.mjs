// Without scripts everything still works: pages answer, and their forms are real forms with a button.

import { crawl } from "./crawl.mjs";
import { holds, none } from "./harness.mjs";
import { Watch } from "./inspect.mjs";

const ROLES = ["officer", "receiver", "coordinator"];

export default async function (world, tally) {
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
