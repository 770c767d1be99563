login-title = Logga in
login-name = Användarnamn
login-password = Lösenord
login-button = Logga in
login-change-password = Byt lösenord
login-help = Har du glömt lösenordet eller saknar du konto? Vänd dig till den som sköter konton hos er. Ingen ska fråga dig efter ditt lösenord.
login-wrong = Användarnamnet och lösenordet hör inte ihop. Kontrollera båda och försök igen.
login-wait = Det har blivit många försök på kort tid. Vänta fem minuter och försök igen.

password-title = Välj ett lösenord
password-once = Lösenordet du fick gäller bara för att komma in första gången. Välj ett eget som bara du känner till.
password-now = Lösenordet du har nu
password-new = Nytt lösenord
password-again = Nytt lösenord en gång till
password-hint = Minst { $least } tecken. Några ord i följd är lätta att minnas och svåra att gissa.
password-button = Spara lösenordet och logga in
password-back = Till inloggningen
password-length = Lösenordet ska ha { $least } till { $most } tecken. Lägg gärna till ett ord.
password-same = Välj ett lösenord som varken är det gamla eller användarnamnet.
password-differs = De två nya lösenorden är inte lika. Skriv samma på båda ställena.

place-title = Var arbetar du nu?
place-label = Enhet och roll
place-hint = Du ser det som enheten får se. Du kan byta när du vill.
place-button = Fortsätt
place-choose = Välj en av enheterna.
