publication-nation = The whole country
publication-elsewhere = Other or unknown municipality ({ $county })
publication-branch = { $authority }, { $county }
publication-everybody = Everybody
publication-all-ages = All ages
publication-age = { $from }–{ $to } years
publication-age-over = { $from } years and over
publication-quarter = quarter { $quarter } { $year }

publication-table-measures = Counts and shares
publication-table-sexes = Women and men
publication-table-ages = Ages
publication-table-quarters = Quarter by quarter
publication-table-months = Month by month
publication-column-place = Area
publication-column-quarter = Quarter
publication-column-age = Age

publication-wrong-scope = Write whose figures are meant: nation, county: and the county's code (county:10), or authority: and the authority's id.
publication-wrong-period = Write the period as a year (2026), a quarter (2026-Q4) or a month (2026-11).
publication-not-ended = The period { $period } has not ended. It can be released from { $from }.
publication-nothing = There is nothing to release: no cases have been counted for { $about } in { $period }.
publication-unchanged = Nothing has changed since version { $version }, so no new version is needed.
publication-betrays = The release would give away { $count } counts that must be withheld, as they follow from what has been released already. Nothing has been released. The first: { $cells }.
publication-leaks = { $count } counts that must be withheld can be worked out all the same. Nothing has been released. The first: { $cells }.
publication-progress-read = The counts have been read.
publication-progress-protect = { $cells } counts are being protected and attacked.
