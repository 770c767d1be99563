field-missing = Svaret saknas. Fyll i det.
field-not-asked = Frågan hör inte till det här svaret. Ta bort det som står här.
field-unknown = Det finns inget sådant fält. Ta bort det.
field-unknown-near = Det finns inget sådant fält. Menar du { $nearest }?
field-wrong-type = Svaret har fel form. Det ska vara av typen { $expected }.
field-not-an-option = Svaret finns inte att välja. Välj bland: { $options }.
field-twice = Samma svar står två gånger. Ta bort det ena.
field-too-small = Talet är för litet. Det minsta som går är { $min }.
field-too-large = Talet är för stort. Det största som går är { $max }.
field-too-long = Texten är för lång. Den får ha högst { $max } tecken.
field-not-a-time = Tiden gick inte att läsa. Skriv dag och klockslag.
field-not-a-municipality = Kommunen finns inte. Skriv kommunens namn eller dess fyra siffror.
field-own-unit = Det är inte den enhet som nyckeln gäller för. Utelämna fältet eller skriv den egna enheten.
field-limit = Skriv ett helt tal från 1 till 100.
field-cursor = Sidan går inte att hitta. Börja om från listans början.
method-unknown = Arbetssättet { $tried } finns inte. Det finns: { $known }.
refused-login-title = Du behöver logga in
refused-login-text = Ingen är inloggad, eller så har nyckeln slutat gälla. Logga in eller använd en nyckel som gäller.
refused-not-found-title = Det finns inget här
refused-not-found-text = Det du söker finns inte, eller så har din enhet inte fått det.
refused-forbidden-title = Det får du inte göra här
refused-forbidden-text = Din roll ger inte rätt till det. Inget har ändrats.
refused-not-now-title = Det går inte som läget är nu
refused-fields-title = Något behöver rättas
refused-fields-text = { $count ->
    [one] En uppgift behöver rättas
   *[other] { $count } uppgifter behöver rättas
}. Inget har sparats.
refused-stale-title = Någon hann före
refused-stale-text = Ärendet har ändrats sedan du läste det. Inget har sparats. Läs det igen och gör om det som fortfarande behövs.
refused-key-title = Nyckeln är redan använd
refused-key-text = Samma Idempotency-Key har använts för en annan begäran. Använd en ny nyckel.
refused-consent-title = Samtycket gäller inte längre
refused-consent-text = Det har redan tagits tillbaka eller gått ut. Inget mer behöver göras.
refused-malformed-title = Det gick inte att läsa
refused-taken-title = Det finns redan
refused-merge-title = Det går inte att slå ihop
refused-merge-text = Uppgifterna hör till två olika personer, eller är redan ihopslagna.
