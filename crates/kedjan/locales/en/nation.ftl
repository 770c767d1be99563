nation-title = The whole country in figures
nation-empty-title = Nothing has been published for the whole country yet
nation-empty-text = Figures of counties and municipalities are shown here when they have been published.
nation-back = Back to the whole country
nation-choose = Choose working method, period and key figure
nation-indicator = Key figure
nation-county = County
nation-municipality = Municipality
nation-code = code
nation-map = { $indicator }: { $place }
nation-side = Side by side: { $place }
nation-times = { $indicator } over time
nation-sexes = { $indicator }: women and men
nation-ages = { $indicator } at different ages
nation-young = Girls and women aged 13 to 19, year by year
nation-young-text = Girls and women from 13 up to and including 19: how many are found, and how many of them get support.
nation-young-file = CSV, { $period }
nation-young-source = Kedjan, published figures: { $method }, { $periods }. The latest version of each year.
nation-year-only = Women, men and ages are published for whole years. Choose a year to see them.
nation-source = Kedjan, published figures: { $method }, { $period }. Version { $version }, { $date }.
nation-protected = { $most ->
    [one] Two dots (..) mean that the figure is not shown: the count is 1, or would give away such a count. The figures are frozen and change only by a new version.
   *[other] Two dots (..) mean that the figure is not shown: the count is from 1 up to and including { $most }, or would give away such a count. The figures are frozen and change only by a new version.
}
nation-release = The whole release and how it is protected
nation-reported = { $n } of { $of } municipalities have reported, in { $counties } of { $all } counties.
nation-reported-county = { $n } of { $of } municipalities in the county have reported.
nation-not-reported = Where nobody has reported there are no figures (–). That is something else than a figure that is not shown (..).
nation-who = Municipalities that have reported
