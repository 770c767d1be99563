// Runs the browser tests against one demo county: all, or the files named as arguments.

import { Tally, World } from "./harness.mjs";

const ALL = ["walk.mjs", "turns.mjs", "custody.mjs", "figures.mjs", "survey.mjs", "slips.mjs", "nojs.mjs", "keyboard.mjs", "axe.mjs", "login.mjs"];
const chosen = process.argv.slice(2);
const tally = new Tally();
let world;
try {
  world = await World.open();
  for (const file of chosen.length > 0 ? chosen : ALL) {
    const since = Date.now();
    await tally.check(`${file} was run to its end`, async () => {
      const { default: run } = await import(new URL(file, import.meta.url));
      await run(world, tally);
    });
    console.log(`        ${file}: ${Math.round((Date.now() - since) / 1000)} s`);
  }
} catch (error) {
  await tally.check("the demo county and the browser start", () => Promise.reject(error));
} finally {
  await world?.close();
}
tally.end();
