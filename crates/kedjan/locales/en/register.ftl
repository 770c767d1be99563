# The register of reports of concern
nav-register = Reports of concern
register-title = Register of reports of concern
register-lead = How many reports of concern are made, by whom, whether decisions and inquiries come in time, and what the inquiries lead to. Every municipality that reports to this node is included. The figures come out of the cases, so nobody has to count by hand.
register-year = Year
register-county = County
register-show = Show
register-year-wrong = Choose a year from { $from } to { $to }.
register-this-year = Show this year
register-all = All that report
register-missing = { $reported } of { $all } municipalities have reported every month that is over. The others are wholly or partly missing from the figures below.
register-who-missing = { $count ->
    [one] One municipality has not reported
   *[other] { $count } municipalities have not reported
  }
register-not-shown = The register is not shown
register-not-shown-text = There are too few reports to show without somebody being recognised.
register-none = No reports yet
register-none-text = No municipality has reported any concern for the year.
register-by = Who reported: { $place }
register-reports = { $reports } reports of concern about { $children } children.
register-reporter = Reporter under chapter 19, sections 1–4 of the Social Services Act
register-of-reports = Share of the reports
register-counties = County by county
register-reported-of = { $reported } of { $all }
register-definitions = What the figures mean
register-withheld = Two dots (..) mean that a figure is not shown, so that nobody can be recognised: it is below the threshold, or it would help to work out one that is. We have tried to work out what is withheld from what is shown, without success. One dot (.) means that there is nothing to take a share of.
register-preliminary = The figures are preliminary: they change as cases move on and when a municipality reports late. The shares are of cases that began in the year and can change until all are closed.
register-csv = Download as CSV
register-xlsx = Download as Excel
register-json = Download as JSON
register-source = Kedjan’s tallies, reports of concern { $year }, as of { $date }, { $reported } of { $all } municipalities have reported every month
register-source-own = Kedjan’s tallies, reports of concern { $year }, as of { $date }, only cases in this installation
register-sheet = Reports of concern
register-column-code = county code
register-column-county = County
register-column-measure = measure
register-column-definition = definition
register-column-value = value
register-column-unit = unit
register-column-n = n
register-column-reported = Municipalities reported
register-column-source = source
register-column-reports = Reports
register-column-children = Children
register-unit-count = count
register-unit-share = per cent
