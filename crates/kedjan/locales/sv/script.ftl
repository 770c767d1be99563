script-title = Läs upp erbjudandet
script-hint = Välj personens språk. Läs i lugn takt och vänta på svaret.
script-unreviewed = Arbetsöversättning: ingen auktoriserad översättare har granskat texten än. Använd tolk om något är oklart.
script-others = Andra språk
script-text = Texten att läsa upp
