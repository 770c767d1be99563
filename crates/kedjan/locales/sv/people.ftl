# Identity numbers
identity-error-empty = Skriv personnummer, samordningsnummer eller reservnummer.
identity-error-length = Numret ska ha tio eller tolv siffror. Räkna siffrorna en gång till.
identity-error-letters = Numret får bara innehålla siffror, och ett bindestreck eller plustecken före de fyra sista. Ett reservnummer med bokstäver skrivs med den som gett ut det, kolon och numret, till exempel R:4711.
identity-error-sign = Bindestrecket eller plustecknet ska stå före de fyra sista siffrorna.
identity-error-month = Månaden i numret finns inte. Kontrollera siffrorna för månad.
identity-error-day = Dagen i numret finns inte i den månaden. Kontrollera siffrorna för dag.
identity-error-century = Numret med tolv siffror ska börja med 18, 19 eller 20.
identity-error-future = Födelsedatumet i numret har inte varit än. Kontrollera året.
identity-error-check-digit = Kontrollsiffran stämmer inte. Någon siffra är troligen fel, kontrollera hela numret.
identity-error-interim = Tillfälliga nummer med bokstav tas inte emot. Lämna fältet tomt eller skriv ett reservnummer.
identity-error-reserve = Ett reservnummer skrivs med den som gett ut det, kolon och numret, till exempel R:4711.

# What else is known of a person
person-error-identity-demo = I övningen får bara Skatteverkets officiella testnummer användas. Skriv ett av dem, aldrig ett riktigt nummer.
person-error-name-long = Namnet är för långt. Skriv högst 200 tecken.
person-error-name-signs = Namnet innehåller tecken som inte går att visa. Skriv det på en rad.
person-error-phone = Telefonnumret ser inte rätt ut. Skriv det med siffror, gärna riktnummer först, till exempel 070-174 06 05.
person-error-email = E-postadressen ser inte rätt ut. Den ska ha ett @ och en domän, till exempel namn@example.se.
person-error-address = Adressen är för lång eller innehåller tecken som inte går att visa. Skriv högst 300 tecken.
person-error-address-protected = Adressen till en person med skyddade personuppgifter får inte sparas. Ta bort den och skriv bara hur personen själv vill bli nådd.
person-error-municipality = Kommunen finns inte. Skriv kommunens namn eller dess fyra siffror.
person-error-sex = Välj kvinna eller man, eller lämna frågan obesvarad.
person-error-birth-year = Födelseåret ska vara fyra siffror, från 1850 till i år.
person-error-birth-year-differs = Födelseåret är ett annat än det i numret. Rätta det ena eller lämna födelseåret tomt.

# What is shown of a person
person-protected = Skyddade personuppgifter
person-without-name = Namn saknas

person-title = Personen
person-identity = Personnummer eller samordningsnummer
person-identity-hint = Tio eller tolv siffror. Lämna tomt om det inte är känt.
person-name = Namn
person-name-hint = Eller ett arbetsnamn, om personen inte vill eller kan säga sitt namn.
person-phone = Telefon
person-email = E-post
person-address = Adress
person-municipality = Bor i kommun
person-municipality-hint = Styr vem som tar emot. Tomt betyder kommunen där det hände.
person-more = Fler uppgifter
person-protected-question = Skyddade personuppgifter
person-protected-yes = Ja, personen har skyddade personuppgifter
person-protected-tag = Skyddad
person-masked = Personen har skyddade personuppgifter. Det som kan röja vem eller var personen är visas inte.
person-keep-hint = Det som står tomt ändras inte. Skriv bara det som är nytt.
person-lift = Personens nummer, om skyddet ska tas bort
person-lift-hint = Skriv numret, eller namnet om inget nummer är känt. Skyddet tas bort när krysset är borta och det du skriver stämmer. Gör det bara när det är säkert att skyddet har upphört: då syns namn och nummer för alla som har ärendet.
person-lift-wrong = Skyddet är kvar. Det tas bort först när du skriver personens nummer, eller namnet om inget nummer är känt, och det stämmer.
person-nothing-known = Inga uppgifter om personen.

person-correct = Rätta kontaktuppgifter
person-correct-link = Rätta uppgifter eller slå ihop dubbletter
merge-title = Samma person i ett annat ärende
merge-text = Har personen fått två poster? Slå ihop dem. Det syns vem som gjorde det, när och varför.
merge-other = Numret på det andra ärendet
merge-other-hint = Tio tecken. Personen i det ärendet blir samma person som den här.
merge-reason = Varför?
merge-recorded-twice = Samma person registrerades två gånger
merge-number-known = Personens nummer har blivit känt
merge-send = Slå ihop
person-voluntary = Fyll i det du vet och lämna resten tomt.
