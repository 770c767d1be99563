// The people of the walks: made up, with official test numbers and phone numbers that Sweden keeps for fiction.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./harness.mjs";

const numbers = readFileSync(join(ROOT, "crates/kedjan/reference/test-identities.txt"), "utf8").match(/^19[5-9]\d{9}$/gm);

/** What an officer writes of a person who lives in Karlshamn. `which` picks the test number, counted from the list's end. */
export function person(name, which) {
  return { "Personnummer eller samordningsnummer": numbers.at(-which), "Namn": name, "Telefon": "070-174 06 05", "Bor i kommun": "Karlshamn" };
}

/** The answers to an offer that is accepted, with alcohol and without children. */
export const YES = { "Hur gick det?": "Tackar ja", "Misstänkt brott": "Rattfylleri", "Påverkad av": "Alkohol", "Finns det barn?": "Nej" };

/** A consent that was spoken: the box for it. */
export const SPOKEN = { "Ja, personen har godkänt muntligt": true };
