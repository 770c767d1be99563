# The register of reports of concern
nav-register = Reports of concern
register-title = Register of reports of concern
register-lead = How many reports of concern are made, by whom, whether they are assessed and inquired into in time, and what comes of them. Here are all municipalities that report to this node. The figures fall out of the work; nobody counts by hand.
register-year = Year
register-county = County
register-show = Show
register-year-wrong = Choose a year from { $from } to { $to }.
register-this-year = Show this year
register-all = All who report
register-missing = { $reported } of { $all } municipalities have reported every month that is over. The figures below lack what the others have to report.
register-who-missing = { $count ->
    [one] One municipality has not reported
   *[other] { $count } municipalities have not reported
  }
register-not-shown = The register is not shown
register-not-shown-text = There are too few reports to show anything without somebody being recognised.
register-none = No reports yet
register-none-text = No municipality has reported any report of concern for the year.
register-by = Who reported: { $place }
register-reports = { $reports } reports of concern about { $children } children.
register-reporter = Reporter by chapter 19 section 1 of the Social Services Act
register-of-reports = Share of the reports
register-counties = County by county
register-reported-of = { $reported } of { $all }
register-definitions = What the figures mean
register-withheld = Two dots (..) mean that a figure is not shown, so that nobody can be recognised: it is under the threshold, or one that is could be worked out from it. What is shown has been tried against an attacker. One dot (.) means that there is nothing to make a share of.
register-preliminary = The figures are live: a case that goes on changes them, and a municipality can report later. The shares are about cases that began in the year and can rise until all are closed.
register-csv = Download as CSV
register-xlsx = Download as Excel
register-json = Download as JSON
register-source = Kedjan’s tallies, reports of concern { $year }, taken out { $date }, { $reported } of { $all } municipalities have reported every month
register-source-own = Kedjan’s tallies, reports of concern { $year }, taken out { $date }, this installation’s own cases alone
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
