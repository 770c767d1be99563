// The chain as people walk it: each role logs in, meets its front page and logs out again.

import { holds, none } from "./harness.mjs";
import { Watch } from "./inspect.mjs";
import { heading } from "./page.mjs";

const WALKERS = ["officer", "receiver", "coordinator"];

export default async function (world, tally) {
  for (const role of WALKERS) {
    await tally.check(`${role}: logs in, sees the front page, logs out`, async () => {
      const page = await world.as(role);
      const watch = new Watch(page);
      await page.goto("/");
      holds((await heading(page)).length > 0, "the front page has no heading");
      holds((await page.getByRole("navigation").count()) > 0, "the front page has no navigation");
      await page.getByRole("button", { name: "Logga ut" }).click();
      await page.getByLabel("Lösenord").waitFor();
      none(watch.take(), "complaints of the browser");
      await page.goBack();
      await page.reload();
      await page.getByLabel("Lösenord").waitFor();
      await page.context().close();
    });
  }
}
