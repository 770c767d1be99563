chart-withheld = Two dots (..) mean that the figure is not shown, so that nobody can be recognised. It is never counted as nought.
chart-line-words = { $name }: { $first } ({ $from }), { $last } ({ $to }).
chart-point-words = { $name }: { $first } ({ $from }).
chart-withheld-count = { $count ->
    [one] One figure is not shown.
   *[other] { $count } figures are not shown.
}
chart-all-in-table = All figures are in the table after the picture.
chart-legend = What the colours mean
chart-legend-withheld = not shown, too few people
chart-legend-missing = no data
chart-no-place = Without a place on the map:
chart-range = { $from } to under { $to }
chart-definitions = How the columns are counted
chart-what = How it is counted:
