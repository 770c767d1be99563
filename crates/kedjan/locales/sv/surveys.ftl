nav-surveys = Enkäter
surveys-title = Enkäter
surveys-text = Skicka en enkät till dem som ska svara, följ vilka som har svarat och gör ett faktablad av svaren.
surveys-empty = Ingen enkät är öppnad
surveys-empty-text = Välj en enkät nedan och öppna den för ett år.
survey-new = Öppna en enkät
survey-new-text = Inget skickas när du öppnar enkäten. Du får först se listan över dem som ska svara.
survey-year = Vilket år gäller frågorna?
survey-last-day = Sista dag att svara
survey-last-day-hint = Efter den dagen låses enkäten av sig själv. Då kan ingen längre svara eller ändra ett svar.
survey-to = Vilka ska svara?
survey-to-hint = En rad för varje: namn; funktionsadress; kod för länet eller kommunen. Koden kan utelämnas. Skriv aldrig en persons adress.
survey-open-it = Öppna enkäten
survey-year-taken = Det finns redan en sådan enkät för det året.
survey-year-wrong = Skriv ett årtal från 2000 till { $last }.
survey-last-day-wrong = Välj en dag från i dag till om ett år.
survey-to-missing = Skriv minst en som ska svara.
survey-to-many = Högst { $most } kan få samma enkät.
survey-to-name = Rad { $row }: skriv ett namn med högst { $max } tecken.
survey-to-twice = Rad { $row }: { $name } finns redan på listan.
survey-to-email = Rad { $row }: skriv en e-postadress till en funktion, till exempel namn; andts@myndigheten.se; 10.
survey-to-code = Rad { $row }: koden finns inte. Skriv länets två siffror eller kommunens fyra, eller utelämna koden.
survey-to-code-twice = Rad { $row }: koden finns redan på listan.
survey-none-such = Enkäten finns inte. Gå tillbaka och välj en i listan.
survey-is-locked = Enkäten är låst. Inget i den kan längre ändras, och inga inbjudningar eller påminnelser kan skickas. Öppna en ny enkät om fler behöver svara.
survey-is-open = Enkäten är inte låst än. Vänta tills sista dagen har gått, eller lås den, så att inga texter ändras medan de kodas.
survey-is-open-protected = Svaren är skyddade. Därför visas inga siffror förrän enkäten är låst: annars skulle det gå att se vad den som svarade senast har svarat.
survey-act-unknown = Formuläret saknar uppgift om vad som skulle göras. Gå tillbaka och tryck på knappen igen.
survey-state-not-begun = Inte börjat
survey-state-partly = Börjat men inte skickat in
survey-state-answered = Svarat
survey-state-declined = Avstår
survey-invited = Inbjudna
survey-invitations = Inbjudningar
survey-open = Öppen
survey-locked = Låst
survey-until = Sista dag att svara: { $day }.
survey-column-survey = Enkät
survey-column-last-day = Sista dag
survey-column-state = Läge
survey-column-organisation = Organisation
survey-column-address = Funktionsadress
survey-column-invited = Inbjuden
survey-column-reminders = Påminnelser
survey-column-do = Åtgärd
survey-column-question = Fråga
survey-column-id = Frågans id
survey-column-answer = Svar
survey-column-code = Svarets id
survey-column-n = Antal
survey-column-of = Bas
survey-column-share = Procent
survey-column-source = Källa
survey-column-place = Läns- eller kommunkod
survey-column-codes = { $question } (koder)
survey-sum = { $invited } inbjudna = { $answered } har svarat + { $partly } har börjat + { $waiting } har inte börjat + { $declined } avstår.
survey-reconciled = { $answered } av { $invited } inbjudna svarade ({ $share } %). { $partly } började men skickade inte in, { $waiting } började inte och { $declined } avstod.
survey-waiting = { $n ->
    [one] Ett brev väntar på att skickas.
   *[other] { $n } brev väntar på att skickas.
}
survey-invite = Skicka inbjudningar
survey-remind = Påminn dem som inte har svarat
survey-remind-hint = Den som har svarat, avstått eller har en tillbakadragen länk får ingen påminnelse, och ingen får två inom ett dygn genom att ni trycker här. Var och en får högst { $most ->
    [one] en påminnelse, och den skickas av sig själv
   *[other] { $most } påminnelser, och de skickas av sig själva
 } när sista dagen närmar sig.
survey-no-mail = Den här installationen skickar ingen e-post. Gör en ny länk till var och en och lämna den på ett annat sätt, eller skriv ut alla länkar med kommandot kedjan survey invite --links.
survey-contact = Fråga om svaren: { $contact }
survey-list = De som ska svara
survey-not-invited = Inte ännu
survey-do = Länk och svar
survey-again = Gör en ny länk
survey-withdraw = Dra tillbaka länken
survey-decline = Anteckna att de avstår
survey-link-shown = Här är den nya länken. Den visas bara nu. De tidigare länkarna gäller inte längre. Den som har länken kan svara.
survey-lock = Lås enkäten före sista dagen
survey-lock-text = När enkäten är låst kan ingen svara eller ändra ett svar. Det går inte att låsa upp den.
survey-lock-it = Lås enkäten nu
survey-done-opened = Enkäten är öppnad. Inget är skickat än.
survey-done-invite = { $n ->
    [one] En inbjudan skickas.
   *[other] { $n } inbjudningar skickas.
}
survey-done-remind = { $n ->
    [one] En påminnelse skickas till { $names }.
   *[other] { $n } påminnelser skickas. De går till { $names }.
}
survey-done-remind-none = Ingen påminnelse skickas. De som står på listan är inte inbjudna än, har svarat eller avstått, har en tillbakadragen länk, har fått en påminnelse det senaste dygnet eller har fått så många påminnelser som enkäten tillåter.
survey-done-lock = Enkäten är låst.
survey-done-again = En ny länk skickas. De tidigare länkarna gäller inte längre.
survey-withdrawn = Länken är tillbakadragen
survey-reminded-at = Senast { $at }
survey-done-withdraw = Länken är tillbakadragen, och inga påminnelser skickas till dem. Gör en ny länk om de ändå ska svara. Det som är sparat finns kvar.
survey-done-decline = Det är antecknat att de avstår.
survey-done-coded = Koderna är sparade.
survey-coding = Koda fritextsvar
survey-coding-text = Välj de koder som stämmer in på texten. En text kan ha flera koder.
survey-coding-tabs = Frågor att koda
survey-coding-left = { $open ->
    [one] En text av { $all } är inte kodad.
   *[other] { $open } texter av { $all } är inte kodade.
}
survey-text-nr = Text { $nr }
survey-codes = Koder
survey-code-it = Spara koderna
survey-coded-at = Kodad { $at }.
survey-coded-by = Av { $who }.
survey-uncoded = Inte kodat
survey-uncoded-left = { $n ->
    [one] Ett fritextsvar är inte kodat än och ingår inte i de siffror som bygger på koder.
   *[other] { $n } fritextsvar är inte kodade än och ingår inte i de siffror som bygger på koder.
}
survey-uncoded-some = Några fritextsvar är inte kodade än. Siffror som bygger på koder visas när alla är det.
survey-nothing-to-code = Här finns inget att koda
survey-nothing-to-code-text = Enkäten har inga fritextfrågor med koder.
survey-back = Tillbaka till enkäten
survey-results = Resultat
survey-definitions = Definitioner
survey-sheet = Faktablad
survey-answers-file = Alla svar (CSV)
survey-file-answers = svar
survey-answers-protected = Enkätens svar är skyddade. Därför lämnas de bara ut sammanräknade. Hämta resultatet i stället.
survey-indicator = Indikator { $indicator }
survey-answered-share = Svarsandel
survey-answered-question = Har svarat på frågan
survey-no-answer = Inget svar
survey-asked = Frågan ställdes till { $asked }, och { $answered } svarade.
survey-asked-when = Ställs till dem som har svarat ”{ $answers }” på ”{ $question }”.
survey-definition = Antal som svarade så på ”{ $question }”, av dem som frågan ställdes till.
survey-definition-of = Hur många frågan ställdes till.
survey-definition-share = Antalet delat med basen, i hela procent.
survey-definition-withheld = Uppgiften visas inte, eftersom den kan avslöja ett litet antal eller vad var och en har svarat.
survey-definition-none = Ingen uppgift kan förekomma.
survey-definition-answered = Antal som har svarat, av alla inbjudna.
survey-number-sum = Summa
survey-number-least = Lägsta
survey-number-most = Högsta
survey-withheld = Siffrorna visas inte, eftersom de kan avslöja ett litet antal eller vad var och en har svarat.
survey-protected = Antal under { $threshold } visas inte. Inte heller det visas som skulle avslöja dem eller vad var och en har svarat.
survey-figure = ({ $n } av { $of }, { $percent } %)
survey-percent = { $percent } %
survey-and = { $list } och { $last }
survey-base = Bas: { $base }, n = { $of }
survey-told-nobody = Det finns inga svar att redovisa för { $base }.
survey-told-withheld = Uppgiften för { $base } visas inte, eftersom den kan avslöja ett litet antal eller vad var och en har svarat.
survey-how-counted = Så är siffrorna räknade
survey-words-are = Orden för andelar väljs efter de här gränserna, och varje ord gäller fram till nästa:
survey-words-from = { $words }: från { $limit } %
survey-words-above = { $words }: över { $limit } %
survey-source = Källa: { $survey }, sammanställt { $date }.
survey-preliminary = Enkäten är inte låst än, så siffrorna kan ändras.
survey-demo = Svaren är påhittade, för demonstration.
survey-mail-subject = Enkät: { $survey }
survey-mail-subject-remind = Påminnelse om enkät: { $survey }
survey-mail-invite = { $by } ber { $asked } att svara på enkäten ”{ $survey }” senast { $day }.
survey-mail-remind = { $by } påminner { $asked } om enkäten ”{ $survey }”. Sista dag att svara är { $day }.
survey-mail-link = Svara här: { $link }
survey-mail-how = Ni behöver inte logga in. Ni kan spara och fortsätta senare, och en kollega kan fortsätta med samma länk. Lämna inte länken till någon utanför organisationen. Efter sista dagen slutar länken att gälla. Det går inte att svara på meddelandet.
answer-until = sista dag att svara är { $day }
answer-how = Ni kan spara och fortsätta senare. En kollega kan fortsätta med samma länk. Frågor som inte gäller er kan ni hoppa över, och svar på dem räknas inte.
answer-protected = Svaren är skyddade. De lämnas bara ut sammanräknade. Små antal visas inte, och inte heller ett svar som alla har gett. De som håller i enkäten läser det ni skriver med egna ord för att kunna sammanställa det.
answer-unprotected = De som håller i enkäten ser vad var och en har svarat. I resultat och faktablad visas även små antal, så det kan gå att räkna ut vad en enda har svarat.
answer-saved-at = Senast sparat { $at }.
answer-saved = Svaren är sparade. De är inte inskickade än.
answer-submit = Skicka in
answer-draft = Spara och fortsätt senare
answer-room = Högst { $max } tecken.
answer-none = Inget svar
answer-contact-title = Kontakt
answer-contact = Vem kan frågas om svaren?
answer-contact-hint = Till exempel en funktion och ett telefonnummer. Uppgiften visas inte i faktabladet och följer inte med i några filer.
answer-decline = Vi svarar inte
answer-decline-text = Säg gärna till om ni inte tänker svara, så får ni inga påminnelser. Ni kan ändra er fram till sista dagen.
answer-decline-it = Vi avstår från att svara
answer-meanwhile = Någon annan har sparat { $at }, efter att du öppnade sidan. Det du har skrivit står kvar här nedanför men är inte sparat. Om du sparar nu ersätts den andras svar på de frågor där ni skiljer er åt.
answer-meanwhile-theirs = Så har den andra svarat
answer-handed-in-meanwhile = Någon annan har skickat in svaren, eller meddelat att ni avstår, efter att du öppnade sidan. Det du skrev är inte sparat men finns kvar på den här sidan. Öppna svaren igen om du vill fortsätta med det.
answer-button-meanwhile = Någon annan har ändrat något efter att du öppnade sidan. Därför hände inget när du tryckte på knappen. Så här är det nu.
answer-opened = Svaren är öppna igen. Det du hade skrivit står här nedanför men är inte sparat. Om du sparar nu ersätter det de svar som är sparade.
answer-opened-saved = Så är det sparat
answer-reopen-typed = Öppna svaren igen och fortsätt med det jag skrev
answer-typed = Det här hade du skrivit
answer-thanks = Tack, svaren är inskickade
answer-thanks-text = Inskickat { $at }. Till och med { $day } kan ni öppna svaren igen och ändra dem.
answer-print = Skriv ut sidan eller spara den som PDF om ni vill ha en kopia. Efter sista dagen slutar länken att gälla.
answer-reopen = Öppna svaren igen
answer-declined = Ni har avstått
answer-declined-text = Antecknat { $at }. Ni kan ändra er fram till sista dagen.
answer-link-title = Länken gäller inte
answer-link-what = Länken kan vara felskriven, ersatt av en ny eller tillbakadragen, eller så har enkätens sista dag gått.
answer-link-now = Använd länken i det senaste brevet. Fråga annars den som skickade enkäten.
answer-link-typed = Det är inte sparat. Kopiera det nu om ni behöver det. Har ni fått en ny länk kan ni öppna den och klistra in texten där.
