// A custody for intoxication, from the police to the talk that follows, and the report of concern that somebody young becomes.

import { holds, none } from "./harness.mjs";
import { begin, follow, heading, record, row, said } from "./page.mjs";
import { SPOKEN, person } from "./people.mjs";

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
const TAKEN = {
  "Varför omhändertogs personen?": "Kunde inte ta hand om sig själv", "Påverkad av": "Alkohol",
  "Är personen under 18 år?": "Nej", "Finns det barn?": "Nej",
};
const OFFER = { "Hur gick det?": "Tackar ja", "Får socialtjänsten veta om omhändertagandet?": "Ja, med samtycke", ...SPOKEN };

export default async function (world, tally) {
  const officer = await world.as("officer", { viewport: PHONE });
  const receiver = await world.as("receiver", { viewport: DESK });
  const reception = await world.as("reception", { viewport: DESK });
  await tally.check("a custody ends, and who says yes is with the receiver, who sees nothing of it", () => released(officer, receiver));
  await tally.check("somebody under eighteen is with the reception at once", () => young(officer, reception));
  await tally.check("a preliminary assessment is prolonged with days and reasons", () => prolonged(officer, reception));
  for (const page of [officer, receiver, reception]) await page.context().close();
}

async function count(page, name) {
  await page.goto("/");
  return row(page, name).count();
}

async function released(officer, receiver) {
  const name = "Sixten Nykterman";
  const path = await begin(officer, "lob", { ...TAKEN, ...person(name, 81) });
  holds(/Omhändertagen/.test(await said(officer)), "the case does not say that the person is in custody");
  holds((await count(receiver, name)) === 0, "the receiver has somebody who has not been asked");
  await record(officer, path, "Registrera att omhändertagandet upphör", { "Hur gick det?": "Frigiven, hem" });
  await record(officer, path, "Registrera erbjudande", OFFER);
  holds((await count(receiver, name)) === 1, "the receiver does not have the case");
  await record(receiver, path, "Registrera kontaktförsök", { "Hur gick det?": "Nådd, tid bokad", "Hur?": "Telefon" });
  await record(receiver, path, "Registrera samtal", { "Hur gick det?": "Hållet", "Vad ledde samtalet till?": "Fler samtal" });
  const words = await said(receiver);
  holds(words.includes("Fler samtal"), "the talk is not in the case");
  none(["Frigiven", "Kunde inte ta hand om sig själv"].filter((part) => words.includes(part)), "the receiver's page tells of the custody");
}

async function young(officer, reception) {
  const name = "Elvira Ungdomlig";
  await begin(officer, "lob", { ...TAKEN, "Är personen under 18 år?": "Ja", ...person(name, 83) });
  holds((await count(reception, name)) === 1, "the reception does not have the report");
  await follow(reception, name);
  const words = await said(reception);
  none(["Polismyndigheten eller Säkerhetspolisen", "19 kap. 1 § SoL"].filter((part) => !words.includes(part)), "the report lacks");
}

async function prolonged(officer, reception) {
  const name = "Valdemar Längretid";
  await begin(officer, "lob", { ...TAKEN, "Är personen under 18 år?": "Ja", ...person(name, 85) });
  holds((await count(reception, name)) === 1, "the reception does not have the report");
  await follow(reception, name);
  const path = new URL(reception.url()).pathname;
  await record(reception, path, "Registrera skyddsbedömning", {
    "Hur gick det?": "Inget omedelbart behov av skydd", "Har oro för barnet anmälts tidigare?": "Nej",
  });
  await record(reception, path, "Förläng förhandsbedömningen", {
    "Hur många dagar längre?": "7", "Skäl för förlängningen": "Familjen går inte att nå.",
  });
  holds((await heading(reception)).includes(name), "the case is not shown");
  holds((await said(reception)).includes("Förlängd med 7 dagar."), "the case does not say that the time is longer");
}
