// Tries the walks: the product's answers are made wrong on their way to the browser, and the walk must say so.

import { Tally, World, holds } from "./harness.mjs";

/** In whose browser, which addresses, what becomes of the answer, in which walk, and the check that must fail. */
const FAULTS = [
  {
    name: "what the receiver does leaks to the officer", role: "officer", path: /\/cases\//,
    change: (it) => ({ ...it, body: it.body.replace("</main>", "<p>Nådd</p></main>") }),
    walk: "walk.mjs", seen: /the officer sees nothing/,
  },
  {
    name: "figures stand still", role: "coordinator", path: /\/county/,
    change: (it, first) => first,
    walk: "walk.mjs", seen: /the county's flow/,
  },
  {
    name: "a case that is withdrawn is still answered", role: "receiver", path: /\/cases\//,
    change: (it) => ({ ...it, status: it.status === 404 ? 200 : it.status }),
    walk: "turns.mjs", seen: /a withdrawn consent/,
  },
  {
    name: "nothing holds a second press back", role: "officer", path: /enhance.*\.js/,
    change: (it) => ({ ...it, body: it.body.replace("form.dataset.sent = ", "form.dataset.other = ") }),
    walk: "slips.mjs", seen: /two presses/,
  },
  {
    name: "a page that one comes back to hides what it asks", role: "officer", path: /enhance.*\.js/,
    change: (it) => ({ ...it, body: it.body.replace('all("form").forEach(settle);', "") }),
    walk: "slips.mjs", seen: /who comes back/,
  },
  {
    name: "the list of mistakes is not read first", role: "officer", path: /enhance.*\.js/,
    change: (it) => ({ ...it, body: it.body.replace('"[data-focus]"', '"[data-other]"') }),
    walk: "slips.mjs", seen: /all that is wrong/,
  },
];

/** The world as it is, but for one role's answers. */
function faulty(world, fault) {
  const as = async (role, settings) => {
    const page = await world.as(role, settings);
    let first;
    if (role === fault.role) await page.context().route(fault.path, async (route) => {
      const answer = await route.fetch();
      const it = { status: answer.status(), headers: answer.headers(), body: await answer.text() };
      first ??= it;
      await route.fulfill(fault.change(it, first));
    });
    return page;
  };
  return { demo: world.demo, as, page: (settings) => world.page(settings) };
}

const tally = new Tally();
for (const fault of FAULTS) {
  await tally.check(`seen: ${fault.name}`, async () => {
    const world = await World.open();
    try {
      const failed = [];
      const listening = { check: async (name, body) => new Promise((done) => done(body())).catch(() => failed.push(name)) };
      const { default: run } = await import(new URL(fault.walk, import.meta.url));
      await run(faulty(world, fault), listening);
      holds(failed.length === 1 && fault.seen.test(failed[0]), `what failed: ${failed.join("; ") || "nothing"}`);
    } finally {
      await world.close();
    }
  });
}
tally.end();
