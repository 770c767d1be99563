login-title = Logga in
login-name = Användarnamn
login-password = Lösenord
login-button = Logga in
login-change-password = Byt lösenord
login-help = Har du glömt lösenordet eller saknar du konto? Vänd dig till den som sköter konton hos er. Ingen ska fråga dig efter ditt lösenord.
login-wrong = Användarnamnet och lösenordet hör inte ihop. Kontrollera båda och försök igen.
login-wait = Det har blivit många försök. Vänta { $minutes ->
    [one] en minut
   *[other] { $minutes } minuter
 } och försök igen.

password-title = Välj ett lösenord
password-once = Lösenordet du fick gäller bara för att komma in första gången. Välj ett eget som bara du känner till.
password-now = Lösenordet du har nu
password-new = Nytt lösenord
password-again = Nytt lösenord en gång till
password-hint = Minst { $least } tecken. Några ord i följd är lätta att minnas och svåra att gissa.
password-button = Spara lösenordet och logga in
password-back = Till inloggningen
password-length = Lösenordet ska ha { $least } till { $most } tecken. Lägg gärna till ett ord.
password-common = Lösenordet är lätt att gissa: det är ett vanligt ord, en rad på tangentbordet eller ditt eget namn. Skriv till exempel tre eller fyra ord som inte hör ihop.
password-same = Välj ett lösenord som varken är det gamla eller användarnamnet.
password-differs = De två nya lösenorden är inte lika. Skriv samma på båda ställena.

place-title = Var arbetar du nu?
place-label = Enhet och roll
place-hint = Du ser det som enheten får se. Du kan byta när du vill.
place-button = Fortsätt
place-choose = Välj en av enheterna.

passkey-use = Använd passnyckel
passkey-wrong = Passnyckeln gick inte att använda. Försök igen, eller logga in på ett annat sätt.
passkey-not = Det gick inte den här gången. Försök igen, eller välj ett annat sätt.
passkey-known = Den här enheten har redan en passnyckel till ditt konto.
passkey-needs-script = Passnycklar kräver skript och en webbläsare som har stöd för dem.
passkey-elsewhere = Dina passnycklar går inte att använda på den här adressen. Använd en kod i stället.

second-title = Ett steg till
second-code = Kod
second-code-hint = De sex siffrorna i din autentiseringsapp, eller en av dina återställningskoder.
second-wrong = Koden stämmer inte, eller är redan använd. Vänta på nästa kod i appen och försök igen.
second-other = Avbryt inloggningen
second-help = Har du varken telefon, passnyckel eller återställningskoder kvar? Vänd dig till den som sköter konton hos er.

proof-title = Bekräfta att det är du
proof-lead = Det du ska göra kräver en ny bekräftelse. Sedan kommer du tillbaka dit du var.
proof-button = Bekräfta
kept-title = Tack, då vet vi att det är du
kept-lead = Det du skrev finns kvar. Inget är sparat än. Tryck på knappen för att skicka det.
kept-send = Skicka det jag skrev
kept-back = Tillbaka till sidan utan att skicka
proof-back = Avbryt
proof-password-wrong = Lösenordet stämmer inte. Försök igen.

setup-title = Skydda din inloggning
setup-lead = Din myndighet kräver mer än ett lösenord. Välj ett sätt nedan. Det tar ett par minuter och görs en gång.

level-password = Lösenord
level-two-factors = Lösenord och kod
level-passkey = Passnyckel

security-link = Min inloggning
security-title = Min inloggning
security-lead = Här ser du hur du loggar in och var du är inloggad.
security-since = Sedan
security-remove = Ta bort
security-back = Tillbaka

passkeys-title = Passnycklar
passkeys-lead = En passnyckel finns i telefonen, datorn eller en säkerhetsnyckel. Du låser upp den med finger, ansikte eller pinkod, och den går inte att lura av dig.
passkeys-elsewhere = Passnycklar går att använda på adressen { $address }.
passkeys-never = Passnycklar går inte att använda här, för den här installationens adress är inget namn.
passkey-new = Lägg till en passnyckel
passkey-new-lead = Ge passnyckeln ett namn så att du känner igen den. Följ sedan det som webbläsaren visar.
passkey-name = Passnyckelns namn
passkey-name-hint = Till exempel ”Jobbtelefonen”.
passkey-name-form = Ge passnyckeln ett namn på en rad, högst { $most } tecken.
passkey-not-kept = Passnyckeln sparades inte. Försök igen.
passkey-used = Senast använd
passkey-unused = Inte använd än

app-title = Autentiseringsapp
app-lead = En app i telefonen visar en ny kod var trettionde sekund. Du skriver koden efter lösenordet.
app-new = Koppla en app
app-again = Koppla en annan app
app-since = Kopplad { $at }
app-remove = Koppla bort appen
app-step-install = Öppna en autentiseringsapp i telefonen, till exempel den som din arbetsgivare har valt.
app-step-scan = Läs av bilden med appen.
app-step-code = Skriv den kod som appen visar.
app-picture = Bild som autentiseringsappen läser av
app-by-hand = Kan du inte läsa av bilden? Skriv in den här nyckeln i appen:
app-code-hint = Sex siffror.
app-confirm = Koppla appen
app-wrong = Koden stämmer inte. Kontrollera att telefonens klocka går rätt, vänta på nästa kod och försök igen.

codes-title = Återställningskoder
codes-lead = Med en av de här koderna kommer du in om telefonen eller passnyckeln är borta. Varje kod gäller en gång. Skriv ut dem eller spara dem på ett säkert ställe, men inte tillsammans med lösenordet.
codes-left = { $count ->
    [0] Du har inga koder kvar. Skapa nya så att du inte blir utelåst.
    [one] Du har { $count } kod kvar.
   *[other] Du har { $count } koder kvar.
 }
codes-new = Skapa nya koder
codes-saved = Jag har sparat koderna

sessions-title = Inloggade just nu
sessions-lead = Känner du inte igen något av det här? Avsluta det och byt lösenord.
session-where = Webbläsare
session-unknown = Okänd webbläsare
session-own = den här
session-seen = Senast använd
session-level = Inloggad med
session-half = Väntar på andra steget
session-end = Avsluta
session-end-others = Avsluta alla andra

rule-title = Inloggning
rule-label = Vad som minst krävs för att logga in
rule-hint = Den som har mindre får ordna det vid nästa inloggning, innan något annat öppnas.
rule-save = Spara kravet
rule-unknown = Välj ett av kraven.
rule-no-passkeys = Passnycklar går inte att kräva här, för installationens adress är inget namn.

first-title = Den första administratören
first-lead = Skapa ditt konto. Länken gäller en gång. Efteråt lägger du till ett andra steg för inloggningen.
first-again = Lösenordet en gång till
first-button = Skapa kontot
