// The chain from the roadside to support, as its people walk it in Swedish, each in a browser of their own.

import { holds, none } from "./harness.mjs";
import { Watch } from "./inspect.mjs";
import { begin, countTaps, follow, heading, press, record, row, said, sign } from "./page.mjs";
import { YES, person } from "./people.mjs";

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
const MOST_TAPS = 6;
const NAME = "Kerstin Övningsson";
const NOTE = "Vill helst ha samtalet före lunch.";
/** What only the receiver may read of a case, as its page says it. */
const RECEIVERS_OWN = [
  "Kontaktförsök", "Inget svar", "Nådd", "Första samtal", "Hållet", "Screening", "AUDIT",
  "Stöd eller behandling", "Rådgivning", "Stöd pågår", NOTE,
];

export default async function (world, tally) {
  const officer = await world.as("officer", { viewport: PHONE });
  const receiver = await world.as("receiver", { viewport: DESK });
  const county = await world.as("coordinator", { viewport: DESK });
  const watches = [officer, receiver, county].map((page) => new Watch(page));
  const before = { county: await figures(county, "/county"), feedback: await figures(officer, "/feedback") };

  let path;
  await tally.check(`the officer offers, has it signed and sends in at most ${MOST_TAPS} taps`, async () => {
    path = await offer(officer);
  });
  if (!path) return;
  await tally.check("the receiver has the case at once, with the 36 hours running", () => onTheList(receiver));
  await tally.check("the receiver takes the case and walks it to support", () => support(receiver, path));
  await tally.check("the officer sees nothing of what the receiver does", () => nothingBack(officer, receiver, path));
  await tally.check("the county's flow has one more, from offer to support", () => raised(county, "/county", before.county));
  await tally.check("the officers' feedback has one more, and no name", () => raised(officer, "/feedback", before.feedback));
  await tally.check("the controller's log has the looks and no names", () => looks(world, path));
  await tally.check("nothing in the browser complained", () => none(watches.flatMap((watch) => watch.take())));
  for (const page of [officer, receiver, county]) await page.context().close();
}

/** From the work list by links to the form; counts the touches on the form. Typing is no touch. */
async function offer(page) {
  await page.goto("/");
  await follow(page, "Nytt ärende");
  await follow(page, "Registrera erbjudande");
  const address = page.url();
  const taps = await countTaps(page);
  const path = await begin(page, "smadit", { ...YES, ...person(NAME, 141) }, sign);
  holds(taps() > 0 && taps() <= MOST_TAPS, `${taps()} taps, at most ${MOST_TAPS}`);
  holds(new URL(address).pathname === "/begin/smadit", `the links led to ${address}`);
  await page.getByText("Sparat och överlämnat till Socialtjänsten Karlshamn, vuxenenheten", { exact: false }).waitFor();
  const consents = page.getByRole("region", { name: "Samtycken" });
  holds((await consents.getByText("Gäller").count()) > 0, "the consent that was signed is not in force");
  return path;
}

async function onTheList(page) {
  await page.goto("/");
  const mine = row(page, NAME);
  holds((await mine.count()) === 1, `${await mine.count()} rows with the person`);
  const words = await mine.innerText();
  holds(/Första kontakt/.test(words) && /(36 h|35 h 5\d min) kvar/.test(words), `no clock of 36 hours: ${words}`);
  holds(/Ska kontaktas/.test(words), `the row says ${words}`);
}

async function support(page, path) {
  await page.goto("/");
  await follow(page, NAME);
  await press(page, "Ta ärendet");
  await page.getByText("Du har tagit ärendet.").waitFor();
  await page.goto("/?state=open&mine=true");
  holds((await row(page, NAME).count()) === 1, "the case is not among one's own");
  await record(page, path, "Registrera kontaktförsök", { "Hur gick det?": "Inget svar", "Hur?": "Telefon" });
  await page.getByText("Nytt försök", { exact: true }).waitFor();
  await record(page, path, "Registrera kontaktförsök", { "Hur gick det?": "Nådd", "Hur?": "Telefon", "Anteckning": NOTE });
  holds((await page.getByRole("region", { name: "Frister" }).count()) === 0, "a clock is running although the person was reached");
  await record(page, path, "Registrera samtal", { "Hur gick det?": "Hållet" });
  await record(page, path, "Registrera screening", { "Hur gick det?": "Genomförd", "Instrument": "AUDIT" });
  await record(page, path, "Registrera insats", { "Hur gick det?": "Påbörjat", "Vilken insats?": "Rådgivning" });
  const words = await said(page);
  holds(words.includes("Stöd pågår"), "the case does not say that support is under way");
}

/** The words are on the receiver's page, so that their absence on the officer's means something. */
async function nothingBack(officer, receiver, path) {
  await receiver.goto(path);
  const theirs = await said(receiver);
  none(RECEIVERS_OWN.filter((words) => !theirs.includes(words)), "not on the receiver's own page");
  await officer.goto(path);
  const whole = `${await officer.content()}\n${await said(officer)}`;
  holds(whole.includes(NAME) && whole.includes("Överlämnat"), "the officer does not see the case");
  none(RECEIVERS_OWN.filter((words) => whole.includes(words)), "the officer's page has");
  await officer.goto("/?state=passed");
  const listed = await row(officer, NAME).innerText();
  none(RECEIVERS_OWN.filter((words) => listed.includes(words)), "the officer's list has");
}

/** The numbers of the flow on a page of figures: steps in order, as `[name, number]`; a withheld number is NaN. */
async function figures(page, path) {
  await page.goto(path);
  const words = await page.getByRole("img", { name: "Vägen genom kedjan" }).innerText();
  const read = (name) => [name, Number(new RegExp(`${name}\\s+(\\d[\\d\u00a0\u202f]*)`).exec(words)?.[1].replaceAll(/\s/g, "") ?? NaN)];
  return new Map(["Misstänkta", "Erbjudna", "Tackade ja", "Nådda", "Samtal", "Påbörjade stöd"].map(read));
}

/** Every open number of the flow is one higher than before; at least the first three are open. */
async function raised(page, path, before) {
  const now = await figures(page, path);
  const open = [...before].filter(([, count]) => !Number.isNaN(count));
  holds(open.length >= (path === "/county" ? 6 : 3), `too few open figures: ${JSON.stringify([...before])}`);
  none(
    open.filter(([name, count]) => now.get(name) !== count + 1).map(([name, count]) => `${name}: ${count}, then ${now.get(name)}`),
    "not raised by one",
  );
  holds(!(await page.content()).includes(NAME), "the page of figures names the person");
}

async function looks(world, path) {
  const page = await world.as("controller", { viewport: DESK });
  holds(/Åtkomstlogg/.test(await heading(page)), `the controller comes to ${page.url()}`);
  const code = path.split("/").at(-1);
  const rows = await page.getByRole("row").filter({ hasText: code }).allInnerTexts();
  holds(rows.filter((words) => words.includes("see_case")).length >= 2, `the receiver's looks at the case are not there: ${rows.join("; ")}`);
  holds(rows.filter((words) => words.includes("record_step")).length >= 5, `not each of the five steps is there: ${rows.join("; ")}`);
  const lists = await page.getByRole("row").filter({ hasText: "see_work_list" }).count();
  holds(lists >= 1, "the looks at the work list are not there");
  const whole = await page.content();
  holds(!whole.includes(NAME) && !whole.includes(NOTE), "the log names the person");
  await page.context().close();
}
