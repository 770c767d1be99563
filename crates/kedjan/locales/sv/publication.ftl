publication-nation = Hela landet
publication-nation-within = hela landet
publication-elsewhere = Annan eller okänd kommun ({ $county })
publication-branch = { $authority }, { $county }
publication-everybody = Alla
publication-all-ages = Alla åldrar
publication-age = { $from }–{ $to } år
publication-age-over = { $from } år och äldre
publication-quarter = kvartal { $quarter } { $year }

publication-table-measures = Antal och andelar
publication-table-sexes = Kvinnor och män
publication-table-ages = Åldrar
publication-table-young-women = Flickor och kvinnor 13–19 år
publication-table-quarters = Kvartal för kvartal
publication-table-months = Månad för månad
publication-column-place = område
publication-column-quarter = kvartal
publication-column-age = ålder

publication-wrong-scope = Skriv vems siffror det gäller: nation, county: och länets kod (county:10), eller authority: och myndighetens id.
publication-wrong-period = Skriv perioden som ett år (2026), ett kvartal (2026-Q4) eller en månad (2026-11).
publication-not-ended = Perioden { $period } är inte slut än. Den kan publiceras från och med { $from }.
publication-nothing = Det finns inget att publicera: inga ärenden är räknade för { $about } under { $period }.
publication-unchanged = Inget har ändrats sedan version { $version }, så någon ny version behövs inte.
publication-strange = I publiceringen { $release } finns antal i tabellen ”{ $table }” som inte längre räknas på det sättet. Därför går det inte att pröva om en ny publicering för samma år skulle avslöja något i den. Ingenting har publicerats.
publication-betrays = { $count ->
    [one] Publiceringen skulle avslöja ett antal som måste hållas tillbaka, eftersom det följer av det som redan är publicerat. Ingenting har publicerats. Det är { $cells }.
   *[other] Publiceringen skulle avslöja { $count } antal som måste hållas tillbaka, eftersom de följer av det som redan är publicerat. Ingenting har publicerats. De första: { $cells }.
}
publication-leaks = { $count ->
    [one] Ett antal som måste hållas tillbaka går ändå att räkna ut. Ingenting har publicerats. Det är { $cells }.
   *[other] { $count } antal som måste hållas tillbaka går ändå att räkna ut. Ingenting har publicerats. De första: { $cells }.
}
publication-progress-read = Siffrorna är lästa.
publication-progress-protect = { $cells ->
    [one] Ett antal skyddas och prövas.
   *[other] { $cells } antal skyddas och prövas.
}
publication-progress-attack = Allt som är publicerat för året prövas en sista gång.
publication-source = Kedjan, { $about }, { $period }, version { $version }, publicerad { $date }
publication-note = Två punkter (..) betyder att antalet inte visas. { $most ->
    [one] Antalet 1 hålls tillbaka
   *[other] Antal från 1 till och med { $most } hålls tillbaka
} för att ingen ska kunna kännas igen, och så många andra som behövs för att de inte ska gå att räkna ut. Nollor visas, utom där ett antal har hållits tillbaka tidigare. En punkt (.) betyder att det inte finns något att räkna en andel av. Ärenden räknas i den månad då de började.
publication-catalogue-title = Siffror ur Kedjan
publication-catalogue-text = Antal och andelar från upptäckt till stöd, per myndighet, län och land. Varje publicering är fryst och skyddad mot röjande.
publication-link = Öppna data
publication-title = Öppna data
publication-lead = Här finns det som har publicerats ur Kedjan. Varje publicering är fryst: siffrorna i den ändras aldrig. Det som rättas kommer i en ny version, och den gamla står kvar.
publication-to-nation = Hela landet på karta, sida vid sida och över tid
publication-empty-title = Inget är publicerat än
publication-empty-text = Här visas siffror så snart en period har avslutats och publicerats.
publication-column-release = Publicering
publication-column-version = Version
publication-column-made = Publicerad
publication-column-cells = Antal celler
publication-catalogue-link = Katalog över öppna data (DCAT-AP-SE)
publication-replaced = Den här publiceringen har ersatts av en nyare.
publication-version = Version { $version }
publication-reason = Varför den gjordes om:
publication-how = Så har siffrorna skyddats
publication-cells = Celler
publication-cells-of = { $cells }, varav { $withheld } hålls tillbaka
publication-attacker = Prövning
publication-attacker-text = { $kept ->
    [0] Ingen cell som hålls tillbaka gick att räkna ut. { $cells } celler prövades tillsammans. Ingenting hade publicerats för samma år tidigare.
    [one] Ingen cell som hålls tillbaka gick att räkna ut. { $cells } celler prövades tillsammans, med hänsyn till en tidigare publicering för samma år.
   *[other] Ingen cell som hålls tillbaka gick att räkna ut. { $cells } celler prövades tillsammans, med hänsyn till { $kept } tidigare publiceringar för samma år.
}
publication-method-file = Arbetssätt
publication-method-version = { $method }, version { $version }. Kedjan { $program }.
publication-digest = Kontrollsumma (SHA-256)
publication-digest-of = { $digest }, av filen
publication-definitions = Så räknas varje mått
publication-reporters = { $count ->
    [one] En kommun har rapporterat
   *[other] { $count } kommuner har rapporterat
}
publication-reporters-text = En kommun finns med när något har räknats där under de tolv månader som slutar med perioden.
publication-versions = Andra versioner
publication-tables = Tabeller att hämta
publication-column-by = Uppdelad på
publication-column-files = Filer
