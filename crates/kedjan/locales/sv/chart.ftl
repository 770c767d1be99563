chart-withheld = Två punkter (..) betyder att siffran inte visas, för att ingen ska kunna kännas igen. Den räknas aldrig som noll.
chart-line-words = { $name }: { $first } ({ $from }), { $last } ({ $to }).
chart-point-words = { $name }: { $first } ({ $from }).
chart-withheld-count = { $count ->
    [one] En siffra visas inte.
   *[other] { $count } siffror visas inte.
}
chart-all-in-table = Alla siffror står i tabellen efter bilden.
chart-legend = Vad färgerna betyder
chart-legend-withheld = visas inte, för få personer
chart-legend-missing = inga uppgifter
chart-no-place = Utan plats på kartan:
chart-range = { $from } till under { $to }
chart-definitions = Så räknas kolumnerna
chart-what = Så räknas
