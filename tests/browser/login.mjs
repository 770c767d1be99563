// More than a password: an authenticator app without any script, a passkey with the browser's own virtual one, and every
// page on the way. It works on one account and leaves it as it was, so it is run last.

import { createHmac } from "node:crypto";
import { holds, none } from "./harness.mjs";
import { Watch, accessibility, sideways } from "./inspect.mjs";
import { errors, fill, follow, heading, press, said } from "./page.mjs";

const ROLE = "school";
const STEP_MS = 30_000;

export default async function (world, tally) {
  const app = { last: -1 };
  await tally.check("an app is connected without scripts, and the next log-in asks for its code", () => withoutScripts(world, app));
  if (!app.secret) return;
  await tally.check("where passkeys cannot be used, it is said and none is offered", () => elsewhere(world, app));
  await tally.check("a passkey is added, logs in alone, and proves anew who one is", () => withPasskey(world, app));
  await tally.check("a passkey that may have been copied, or shows nobody, lets nobody in", () => refused(world, app));
  await tally.check("what was added is taken away, and the password is enough again", () => plain(world, app));
}

/** The address that passkeys belong to; the demo is reached at it too. */
function named(world) {
  return world.demo.url.replace("127.0.0.1", "localhost");
}

/** Six digits of the app, by the demo's clock (RFC 6238). No code is taken twice, so it waits for one that is new. */
async function code(world, app) {
  let step = Math.floor(world.demo.now() / STEP_MS);
  while (step <= app.last) {
    await new Promise((done) => setTimeout(done, STEP_MS - (world.demo.now() % STEP_MS) + 50));
    step = Math.floor(world.demo.now() / STEP_MS);
  }
  app.last = step;
  const bits = [...app.secret].map((sign) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

async function password(world, page) {
  const login = world.demo.logins.get(ROLE);
  await page.goto("/login");
  await fill(page, { "Användarnamn": login.user, "Lösenord": login.password });
  await press(page, "Logga in");
}

async function out(page) {
  await press(page, "Logga ut");
  holds((await heading(page)) === "Logga in", "one is not logged out");
}

/** The page holds on phone and desk, in light and dark. */
async function sound(page, name) {
  for (const [width, colorScheme] of [[390, "light"], [1280, "dark"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    none([...(await accessibility(page)), ...(await sideways(page))].map((problem) => `${name}, ${width}: ${problem}`));
  }
}

async function withoutScripts(world, app) {
  const page = await world.as(ROLE, { javaScriptEnabled: false, viewport: { width: 390, height: 900 } });
  await follow(page, "Min inloggning");
  await press(page, "Koppla en app");
  holds(await page.getByRole("img", { name: "Bild som autentiseringsappen läser av" }).isVisible(), "there is no picture");
  const secret = (await page.locator("code").first().innerText()).replaceAll(/\s/g, "");
  holds(/^[A-Z2-7]{32}$/.test(secret), `the key is ${secret.length} signs`);
  await fill(page, { Kod: "000000" });
  await press(page, "Koppla appen");
  holds((await errors(page)).length === 1, "a wrong code was taken");
  await fill(page, { Kod: await code(world, Object.assign(app, { secret })) });
  await press(page, "Koppla appen");
  app.codes = await page.locator(".codes code").allInnerTexts();
  holds(app.codes.length === 10, `${app.codes.length} recovery codes`);
  await follow(page, "Jag har sparat koderna");
  holds((await said(page)).includes("Du har 10 koder kvar"), "the page does not say how many are left");
  await out(page);
  await password(world, page);
  holds((await heading(page)) === "Ett steg till", `the password led to ${await heading(page)}`);
  await page.goto("/");
  holds((await heading(page)) === "Ett steg till", "half a log-in opened the front page");
  await fill(page, { Kod: await code(world, app) });
  await press(page, "Logga in");
  await page.goto("/security");
  holds((await said(page)).includes("Lösenord och kod"), "the session does not say how it was begun");
  await out(page);
  await page.context().close();
}

async function elsewhere(world, app) {
  const page = await world.page();
  await password(world, page);
  await sound(page, "second step");
  await fill(page, { Kod: app.codes[0] });
  await press(page, "Logga in");
  await page.goto("/security");
  holds((await said(page)).includes(named(world)), "the address of passkeys is not said");
  holds((await page.getByRole("link", { name: "Lägg till en passnyckel" }).count()) === 0, "a passkey is offered");
  await out(page);
  await page.context().close();
}

/** A page at the address of passkeys with an authenticator of its own. */
async function withKey(world, options = {}) {
  const page = await world.page({ baseURL: named(world) });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  });
  return { page, cdp, authenticatorId };
}

async function withPasskey(world, app) {
  const { page, cdp, authenticatorId } = await withKey(world);
  const watch = new Watch(page);
  await page.goto("/login");
  await sound(page, "log-in");
  await password(world, page);
  await fill(page, { Kod: app.codes[1] });
  await press(page, "Logga in");
  await page.goto("/security");
  await sound(page, "own log-in");
  await follow(page, "Lägg till en passnyckel");
  await sound(page, "new passkey");
  await fill(page, { "Passnyckelns namn": "Provtelefonen" });
  await press(page, "Lägg till en passnyckel");
  holds((await said(page)).includes("Provtelefonen"), "the passkey is not on the page");
  // The device that has one makes no second.
  await follow(page, "Lägg till en passnyckel");
  await fill(page, { "Passnyckelns namn": "Samma telefon" });
  await page.getByRole("button", { name: "Lägg till en passnyckel" }).click();
  await page.getByText("har redan en passnyckel").waitFor();
  await page.reload();
  await out(page);
  await press(page, "Använd passnyckel");
  await page.getByRole("button", { name: "Logga ut" }).waitFor();
  await page.goto("/login/proof?next=/security");
  await sound(page, "proof");
  await press(page, "Använd passnyckel");
  await page.getByRole("heading", { level: 1, name: "Min inloggning" }).waitFor();
  holds((await said(page)).includes("Passnyckel"), "the session does not say how it was begun");
  app.key = (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials[0];
  none(watch.take(), "complaints of the browser");
  await out(page);
  await page.context().close();
}

async function refused(world, app) {
  const { page, cdp, authenticatorId } = await withKey(world);
  await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: { ...app.key, signCount: 0 } });
  await page.goto("/login");
  await press(page, "Använd passnyckel");
  await page.getByRole("alert").getByText("Passnyckeln gick inte att använda").waitFor();
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.getByRole("button", { name: "Använd passnyckel" }).click();
  await page.getByText("Det gick inte den här gången").waitFor();
  await page.context().close();
}

async function plain(world, app) {
  const { page, cdp, authenticatorId } = await withKey(world);
  await cdp.send("WebAuthn.addCredential", { authenticatorId, credential: { ...app.key, signCount: 1_000 } });
  await page.goto("/login?next=/security");
  await press(page, "Använd passnyckel");
  await page.getByRole("heading", { level: 1, name: "Min inloggning" }).waitFor();
  await press(page, "Koppla en annan app");
  await sound(page, "new app");
  await page.goto("/security");
  await press(page, "Skapa nya koder");
  await sound(page, "recovery codes");
  await page.goto("/security");
  await press(page, "Koppla bort appen");
  await press(page, "Ta bort");
  await out(page);
  await password(world, page);
  holds((await heading(page)) !== "Ett steg till", "a second step is asked for still");
  await page.getByRole("button", { name: "Logga ut" }).waitFor();
  await page.context().close();
}
