// Where the chain turns: a consent taken back, and the question about children, which no consent decides.

import { holds, none } from "./harness.mjs";
import { begin, fill, follow, heading, press, row, said } from "./page.mjs";
import { SPOKEN, YES, person } from "./people.mjs";

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
const CHILDREN = { "Finns det barn?": "Ja", "På vilket sätt?": ["Med i fordonet eller båten"], "Hur många barn?": "2" };
const NO = { ...YES, "Hur gick det?": "Tackar nej" };

export default async function (world, tally) {
  const officer = await world.as("officer", { viewport: PHONE });
  const receiver = await world.as("receiver", { viewport: DESK });
  const reception = await world.as("reception", { viewport: DESK });
  await tally.check("a withdrawn consent ends the receiver's access in that instant", () => withdrawn(officer, receiver));
  await tally.check("a yes about children is with the reception at once, whatever was answered", () => reported(officer, receiver, reception));
  await tally.check("an unknown about children stays with the officer until it is known", () => unknown(officer, reception));
  for (const page of [officer, receiver, reception]) await page.context().close();
}

async function count(page, name, list = "/") {
  await page.goto(list);
  return row(page, name).count();
}

async function withdrawn(officer, receiver) {
  const name = "Rune Ångersson";
  const path = await begin(officer, "smadit", { ...YES, ...SPOKEN, ...person(name, 43) });
  holds((await count(receiver, name)) === 1, "the receiver never had the case");
  await follow(receiver, name);
  holds((await heading(receiver)).includes(name), "the receiver cannot open the case");

  await officer.goto(path);
  await follow(officer, "Ta tillbaka samtycket");
  await press(officer, "Ta tillbaka nu");
  await officer.getByText("Samtycket är tillbakataget. Mottagaren har inte längre tillgång till ärendet.").waitFor();

  const answer = await receiver.reload();
  holds(answer.status() === 404, `the receiver's reload answered ${answer.status()}`);
  holds(!(await receiver.content()).includes(name), "the page that refuses names the person");
  for (const list of ["/", "/?state=overdue", "/?state=open&mine=true", "/?state=passed", "/?state=closed"]) {
    holds((await count(receiver, name, list)) === 0, `the receiver's list ${list} still has the person`);
  }
  await officer.goto(path);
  const words = await said(officer);
  holds(words.includes(name) && words.includes("Tillbakataget"), "the officer's own case does not say what was done");
}

async function reported(officer, receiver, reception) {
  const name = "Gunvor Barnaskog";
  const path = await begin(officer, "smadit", { ...NO, ...person(name, 45), ...CHILDREN });
  holds((await count(reception, name)) === 1, "the reception does not have the report");
  const listed = await row(reception, name).innerText();
  holds(/Orosanmälan/.test(listed) && /Skyddsbedömning/.test(listed), `the reception's row says ${listed}`);
  await follow(reception, name);
  const words = await said(reception);
  none(["Med i fordonet eller båten", "Hur många barn?\n2", "19 kap. 1 § SoL"].filter((part) => !words.includes(part)), "the report lacks");
  none(["Tackar nej", "Rattfylleri"].filter((part) => words.includes(part)), "the report tells of the offer");
  holds((await count(receiver, name)) === 0, "the receiver has a case that was declined");
  await officer.goto(path);
  await officer.getByRole("link", { name: /Orosanmälan eller annat ärende som öppnades härifrån/ }).waitFor();
}

async function unknown(officer, reception) {
  const name = "Tilda Vetinte";
  await begin(officer, "smadit", { ...NO, "Finns det barn?": "Vet inte än", ...person(name, 47) });
  holds((await count(reception, name)) === 0, "the reception has what nobody has reported");
  holds((await count(officer, name)) === 1, "the question is not on the officer's list");
  const listed = await row(officer, name).innerText();
  holds(/Ta reda på om det finns barn/.test(listed), `the officer's row says ${listed}`);
  await follow(officer, name);
  await follow(officer, "Registrera vad som framkom");
  await fill(officer, { "Hur gick det?": "Barn finns: anmäl oro", "På vilket sätt berörs barn?": ["Bor på samma adress"] });
  await press(officer, "Spara");
  holds((await count(officer, name)) === 0, "the question is still on the officer's list");
  holds((await count(reception, name)) === 1, "the reception does not have the report");
}
