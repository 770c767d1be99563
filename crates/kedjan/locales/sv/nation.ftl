nation-title = Hela landet i siffror
nation-empty-title = Inget är publicerat för hela landet än
nation-empty-text = Här visas siffror för län och kommuner när de har publicerats.
nation-back = Tillbaka till hela landet
nation-choose = Välj arbetssätt, period och nyckeltal
nation-indicator = Nyckeltal
nation-county = Län
nation-municipality = Kommun
nation-code = kod
nation-map = { $indicator }: { $place }
nation-side = Sida vid sida: { $place }
nation-times = { $indicator } över tid
nation-sexes = { $indicator }: kvinnor och män
nation-ages = { $indicator } i olika åldrar
nation-young = Flickor och kvinnor 13–19 år, år för år
nation-young-text = Flickor och kvinnor från 13 till och med 19 år: hur många som upptäcks, och hur många av dem som får stöd.
nation-young-file = CSV, { $period }
nation-young-source = Kedjan, publicerade siffror: { $method }, { $periods }. Senaste versionen av varje år.
nation-year-only = Kvinnor, män och åldrar publiceras för hela år. Välj ett år för att se dem.
nation-source = Kedjan, publicerade siffror: { $method }, { $period }. Version { $version }, { $date }.
nation-protected = { $most ->
    [one] Två punkter (..) betyder att siffran inte visas: antalet är 1, eller skulle avslöja ett sådant antal. Siffrorna är frysta och ändras bara genom en ny version.
   *[other] Två punkter (..) betyder att siffran inte visas: antalet är från 1 till och med { $most }, eller skulle avslöja ett sådant antal. Siffrorna är frysta och ändras bara genom en ny version.
}
nation-release = Hela publiceringen och hur den har skyddats
nation-reported = { $n } av { $of } kommuner har rapporterat, i { $counties } av { $all } län.
nation-reported-county = { $n } av { $of } kommuner i länet har rapporterat.
nation-not-reported = För den som inte har rapporterat finns inga siffror (–). Det är något annat än att en siffra inte visas (..).
nation-who = Kommuner som har rapporterat
