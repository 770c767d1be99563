publication-nation = Hela landet
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
publication-table-quarters = Kvartal för kvartal
publication-table-months = Månad för månad
publication-column-place = Område
publication-column-quarter = Kvartal
publication-column-age = Ålder

publication-wrong-scope = Skriv vems siffror det gäller: nation, county: och länets kod (county:10), eller authority: och myndighetens id.
publication-wrong-period = Skriv perioden som ett år (2026), ett kvartal (2026-Q4) eller en månad (2026-11).
publication-not-ended = Perioden { $period } är inte slut än. Den kan publiceras från och med { $from }.
publication-nothing = Det finns inget att publicera: inga ärenden är räknade för { $about } under { $period }.
publication-unchanged = Inget har ändrats sedan version { $version }, så någon ny version behövs inte.
publication-betrays = Publiceringen skulle avslöja { $count } antal som måste hållas tillbaka, eftersom de följer av det som redan är publicerat. Ingenting har publicerats. De första: { $cells }.
publication-leaks = { $count } antal som måste hållas tillbaka går ändå att räkna ut. Ingenting har publicerats. De första: { $cells }.
publication-progress-read = Siffrorna är lästa.
publication-progress-protect = { $cells } antal skyddas och prövas.
