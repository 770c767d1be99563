publication-nation = The whole country
publication-nation-within = the whole country
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
publication-table-young-women = Girls and women aged 13 to 19
publication-table-quarters = Quarter by quarter
publication-table-months = Month by month
publication-column-place = area
publication-column-quarter = quarter
publication-column-age = age

publication-wrong-scope = Write whose figures are meant: nation, county: and the county's code (county:10), or authority: and the authority's id.
publication-wrong-period = Write the period as a year (2026), a quarter (2026-Q4) or a month (2026-11).
publication-not-ended = The period { $period } has not ended. It can be released from { $from }.
publication-nothing = There is nothing to release: no cases have been counted for { $about } in { $period }.
publication-unchanged = Nothing has changed since version { $version }, so no new version is needed.
publication-strange = The release { $release } has counts in the table “{ $table }” that are no longer counted in that way. So it cannot be tried whether a new release of the same year would give away anything in it. Nothing has been released.
publication-betrays = { $count ->
    [one] The release would give away a count that must be withheld, as it follows from what has been released already. Nothing has been released. It is { $cells }.
   *[other] The release would give away { $count } counts that must be withheld, as they follow from what has been released already. Nothing has been released. The first: { $cells }.
}
publication-leaks = { $count ->
    [one] A count that must be withheld can be worked out all the same. Nothing has been released. It is { $cells }.
   *[other] { $count } counts that must be withheld can be worked out all the same. Nothing has been released. The first: { $cells }.
}
publication-progress-read = The counts have been read.
publication-progress-protect = { $cells ->
    [one] One count is being protected and attacked.
   *[other] { $cells } counts are being protected and attacked.
}
publication-progress-attack = All that is published of the year is attacked a last time.
publication-source = Kedjan, { $about }, { $period }, version { $version }, released { $date }
publication-note = Two dots (..) mean that the count is not shown. { $most ->
    [one] Counts of 1 are withheld
   *[other] Counts from 1 up to and including { $most } are withheld
} so that nobody can be recognised, and as many others as it takes for them not to be worked out. Zeros are shown, except where a count has been withheld before. One dot (.) means that there is nothing to make a share of. Cases are counted in the month in which they began.
publication-catalogue-title = Figures from Kedjan
publication-catalogue-text = Counts and shares from discovery to support, by authority, county and nation. Each release is frozen and protected against disclosure.
publication-link = Open data
publication-title = Open data
publication-lead = This is what has been released from Kedjan. Each release is frozen: its figures never change. What is corrected comes in a new version, and the old one stays.
publication-to-nation = The whole country on a map, side by side and over time
publication-empty-title = Nothing has been released yet
publication-empty-text = Figures are shown here as soon as a period has ended and been released.
publication-column-release = Release
publication-column-version = Version
publication-column-made = Released
publication-column-cells = Cells
publication-catalogue-link = Catalogue of open data (DCAT-AP-SE)
publication-replaced = This release has been replaced by a newer one.
publication-version = Version { $version }
publication-reason = Why it was made anew:
publication-how = How the figures are protected
publication-cells = Cells
publication-cells-of = { $cells }, of which { $withheld } are withheld
publication-attacker = Attack
publication-attacker-text = { $kept ->
    [0] No withheld cell could be worked out. { $cells } cells were attacked together. Nothing had been released of the same year before.
    [one] No withheld cell could be worked out. { $cells } cells were attacked together, with regard to one earlier release of the same year.
   *[other] No withheld cell could be worked out. { $cells } cells were attacked together, with regard to { $kept } earlier releases of the same year.
}
publication-method-file = Working method
publication-method-version = { $method }, version { $version }. Kedjan { $program }.
publication-digest = Checksum (SHA-256)
publication-digest-of = { $digest }, of the file
publication-definitions = How each measure is counted
publication-reporters = { $count ->
    [one] One municipality has reported
   *[other] { $count } municipalities have reported
}
publication-reporters-text = A municipality is included when anything has been counted there in the twelve months that end with the period.
publication-versions = Other versions
publication-tables = Tables to take away
publication-column-by = Divided by
publication-column-files = Files
