# Registret över orosanmälningar
nav-register = Orosanmälningar
register-title = Register över orosanmälningar
register-lead = Hur många orosanmälningar som görs, av vem, om beslut och utredning kommer i tid, och vad utredningarna leder till. Alla kommuner som redovisar till den här noden är med. Siffrorna kommer ur ärendena, så ingen behöver räkna för hand.
register-year = År
register-county = Län
register-show = Visa
register-year-wrong = Välj ett år från { $from } till { $to }.
register-this-year = Visa det här året
register-all = Alla som redovisar
register-missing = { $reported } av { $all } kommuner har redovisat alla månader som är slut. De övriga kommunerna saknas helt eller delvis i siffrorna nedan.
register-who-missing = { $count ->
    [one] En kommun har inte redovisat
   *[other] { $count } kommuner har inte redovisat
  }
register-not-shown = Registret visas inte
register-not-shown-text = Anmälningarna är för få för att visas utan att någon kan kännas igen.
register-none = Inga anmälningar än
register-none-text = Ingen kommun har redovisat någon orosanmälan för året.
register-by = Vem som anmälde: { $place }
register-reports = { $reports } orosanmälningar om { $children } barn.
register-reporter = Anmälare enligt 19 kap. 1–4 §§ SoL
register-of-reports = Andel av anmälningarna
register-counties = Län för län
register-reported-of = { $reported } av { $all }
register-definitions = Vad siffrorna betyder
register-withheld = Två punkter (..) betyder att siffran inte visas, för att ingen ska kunna kännas igen: den är mindre än gränsen, eller så går en siffra under gränsen att räkna ut med hjälp av den. Vi har prövat att räkna fram det dolda ur det som visas, utan att lyckas. En punkt (.) betyder att det inte finns något att räkna andelen på.
register-preliminary = Siffrorna är preliminära: de ändras när ärenden går vidare och när en kommun redovisar i efterhand. Andelarna gäller ärenden som började under året och kan ändras tills alla är avslutade.
register-csv = Hämta som CSV
register-xlsx = Hämta som Excel
register-json = Hämta som JSON
register-source = Kedjans räkneverk, orosanmälningar { $year }, uttag { $date }, { $reported } av { $all } kommuner har redovisat alla månader
register-source-own = Kedjans räkneverk, orosanmälningar { $year }, uttag { $date }, bara ärenden i den här installationen
register-sheet = Orosanmälningar
register-column-code = länskod
register-column-county = Län
register-column-measure = mått
register-column-definition = definition
register-column-value = värde
register-column-unit = enhet
register-column-n = n
register-column-reported = Kommuner som redovisat
register-column-source = källa
register-column-reports = Anmälningar
register-column-children = Barn
register-unit-count = antal
register-unit-share = procent
