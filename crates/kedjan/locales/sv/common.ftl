skip-to-content = Hoppa till innehållet
nav-label = Huvudmeny
log-out = Logga ut
demo-title = Övning – påhittade personer.
demo-text = Inget här handlar om någon som finns. Skriv inga riktiga uppgifter.
about-link = Om Kedjan
accessibility-link = Tillgänglighet
footer-line = Kedjan håller ihop vägen från upptäckt till stöd.

time-weekday = { $day ->
    [1] måndag
    [2] tisdag
    [3] onsdag
    [4] torsdag
    [5] fredag
    [6] lördag
   *[7] söndag
}
time-month = { $month ->
    [1] januari
    [2] februari
    [3] mars
    [4] april
    [5] maj
    [6] juni
    [7] juli
    [8] augusti
    [9] september
    [10] oktober
    [11] november
   *[12] december
}
time-today = i dag
time-yesterday = i går
time-tomorrow = i morgon
time-left = { $span } kvar
time-over = { $span } över tiden
time-under-a-minute = under 1 min
time-minutes = { $minutes } min
time-hours = { $hours } h
time-hours-minutes = { $hours } h { $minutes } min
time-days = { $days } dygn
time-days-hours = { $days } dygn { $hours } h

form-errors = { $count ->
    [one] En sak behöver rättas till
   *[other] { $count } saker behöver rättas till
}
form-error-word = Fel:
form-optional = frivilligt
form-choose = Välj
form-other-municipality = Annan kommun
form-municipality-name = Kommunens namn
signature-area = Ruta att skriva sin namnteckning i
signature-clear = Rensa och skriv om
signature-without = I den här webbläsaren går det inte att skriva under på skärmen. Läs upp texten och kryssa i rutan om personen säger ja.
signature-spoken = Ja, personen har godkänt muntligt

step-corrected = Rättad
step-correction = Rättelse
step-corrected-because = Rättad därför att:
sorted-ascending = (sorterad stigande)
sorted-descending = (sorterad fallande)
pager-label = Bläddra i listan
pager-rows = { $first }–{ $last } av { $all }
pager-previous = Föregående
pager-next = Nästa
progress = { $done } av { $all } klara
picture-table = Visa siffrorna som tabell
picture-empty = Här finns inga siffror att visa än.
picture-withheld = Två punkter (..) betyder att siffran inte visas: den är lägre än 5, eller skulle avslöja en som är det.

error-code = Fel { $status }
error-reference = Referens:
error-home = Till startsidan
error-400-title = Vi förstod inte det som skickades
error-400-what = Något i formuläret eller adressen gick inte att läsa. Inget har sparats.
error-400-now = Gå tillbaka, läs igenom och försök igen.
error-403-title = Det får du inte göra här
error-403-what = Din roll ger inte rätt till det här, eller så saknas en grund för det. Inget har ändrats.
error-403-now = Behöver du det i ditt arbete? Fråga den som sköter behörigheter hos er.
error-404-title = Sidan finns inte
error-404-what = Adressen leder inte till något som du kan se.
error-404-now = Kontrollera adressen, eller börja om från startsidan.
error-409-title = Det går inte som läget är nu
error-409-what = Något har hänt i ärendet som gör att steget inte längre passar. Inget har sparats.
error-409-now = Öppna ärendet igen och se vad som gäller.
error-412-title = Någon hann före
error-412-what = En kollega ändrade samma sak medan du skrev. Ditt har inte sparats och inget har skrivits över.
error-412-now = Gå tillbaka, kopiera det du skrev, läs in sidan på nytt och gör din ändring igen.
error-413-title = Det som skickades är för stort
error-413-what = Filen eller texten är större än vad som tas emot. Inget har sparats.
error-413-now = Korta texten eller dela upp filen och försök igen.
error-429-title = Många försök på kort tid
error-429-what = För säkerhets skull tar vi en paus.
error-429-now = Vänta en minut och försök igen.
error-500-title = Det blev fel hos oss
error-500-what = Felet beror inte på dig. Det är antecknat, och det som hann sparas är helt och hållet sparat.
error-500-now = Vänta en stund och försök igen. Hör av dig till supporten med referensen om felet är kvar.
error-503-title = Kedjan är stängd just nu
error-503-what = Tjänsten startar om eller har tappat kontakten med sin databas. Inget som är sparat har gått förlorat.
error-503-now = Försök igen om några minuter. Brådskar det? Ring mottagaren som ni gör när systemet ligger nere.

# Open pages
about-title = Om Kedjan
about-lead = Kedjan håller ihop vägen från upptäckt till stöd. Den som misstänks ha kört påverkad och säger ja till stöd ska bli uppringd medan viljan finns, och inget barn ska missas.
about-data-title = Vad som finns här om en person
about-data-text = Namn, hur personen nås, vad som erbjöds och vad som hände sedan. Varje myndighet har sina egna uppgifter. De lämnas till en annan myndighet bara med personens samtycke eller när en lag säger det, och det som identifierar personen är krypterat.
about-log-text = Varje gång någon öppnar ett ärende, en arbetslista eller en person skrivs det i en logg som inte går att ändra utan att det syns.
about-rights-title = Till dig som ett ärende handlar om
about-rights-text = Du kan ta tillbaka ett samtycke när du vill. Säg det till den som frågade dig eller till den som kontaktar dig. Du kan också få veta vilka uppgifter som finns om dig och vilka som har tittat på dem. Fråga myndigheten som har uppgifterna.
accessibility-title = Tillgänglighet
accessibility-lead = Kedjan ska gå att använda för alla, med tangentbord, skärmläsare, stor text och på telefonen, även med handskar.
accessibility-how-title = Så är den prövad
accessibility-how-text = Varje sida prövas mot WCAG 2.1 nivå AA med automatiska kontroller i en riktig webbläsare, i telefonens och datorns bredd, i ljust och mörkt läge, utan JavaScript och med enbart tangentbord.
accessibility-lacks-title = Det som brister
accessibility-lacks-text = Ingen har än prövat sidorna med alla vanliga skärmläsare. Namnteckning på skärmen kräver pekdon eller finger. Den som inte kan skriva under så ger samtycket muntligt i stället. Översättningarna av uppläsningstexten är arbetsöversättningar där sidan säger det.
accessibility-tell-title = Säg till
accessibility-tell-text = Hittar du något som inte går att använda, säg det till den myndighet som gav dig tillgång till Kedjan. Är du inte nöjd med svaret kan du vända dig till Digg, som har tillsyn enligt lagen om tillgänglighet till digital offentlig service.
