skip-to-content = Skip to the content
nav-label = Main menu
log-out = Log out
demo-title = Exercise – invented people.
demo-text = Nothing here is about anyone who exists. Do not enter real details.
about-link = About Kedjan
accessibility-link = Accessibility
footer-line = Kedjan keeps the way from discovery to support together.

time-weekday = { $day ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
time-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
time-today = today
time-yesterday = yesterday
time-tomorrow = tomorrow
time-left = { $span } left
time-over = { $span } overdue
time-under-a-minute = under 1 min
time-minutes = { $minutes } min
time-hours = { $hours } h
time-hours-minutes = { $hours } h { $minutes } min
time-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
time-days-hours = { $days ->
    [one] { $days } day { $hours } h
   *[other] { $days } days { $hours } h
}

form-errors = { $count ->
    [one] One thing needs to be put right
   *[other] { $count } things need to be put right
}
form-error-word = Error:
form-optional = optional
form-choose = Choose
form-other-municipality = Another municipality
form-municipality-name = Name of the municipality
signature-area = Area to sign in
signature-clear = Clear and sign again
signature-without = This browser cannot take a signature on the screen. Read the text aloud and tick the box if the person says yes.
signature-spoken = Yes, the person has agreed aloud

step-corrected = Corrected
step-correction = Correction
step-corrected-because = Corrected because:
sorted-ascending = (sorted ascending)
sorted-descending = (sorted descending)
pager-label = Move through the list
pager-rows = { $first }–{ $last } of { $all }
pager-previous = Previous
pager-next = Next
progress = { $done } of { $all } done
picture-table = Show the figures as a table
picture-empty = There are no figures to show here yet.
picture-withheld = Two dots (..) mean that the figure is not shown: it is below 5, or would reveal one that is.

error-code = Error { $status }
error-reference = Reference:
error-home = To the start page
error-400-title = We could not understand what was sent
error-400-what = Something in the form or the address could not be read. Nothing has been saved.
error-400-now = Go back, check it and try again.
error-403-title = You may not do that here
error-403-what = Your role does not give the right to this, or there is no ground for it. Nothing has been changed.
error-403-now = Do you need it for your work? Ask the person who looks after access where you work.
error-404-title = There is no such page
error-404-what = The address leads to nothing that you can see.
error-404-now = Check the address, or begin again from the start page.
error-409-title = That cannot be done as things stand
error-409-what = Something has happened in the case, and the step no longer fits. Nothing has been saved.
error-409-now = Open the case again and see what holds now.
error-412-title = Somebody got there first
error-412-what = A colleague changed the same thing while you were writing. Yours has not been saved, and nothing has been overwritten.
error-412-now = Go back, copy what you wrote, load the page again and make your change once more.
error-413-title = What was sent is too large
error-413-what = The file or the text is larger than we can receive. Nothing has been saved.
error-413-now = Shorten the text or split the file, and try again.
error-429-title = Many attempts in a short time
error-429-what = To be on the safe side we are taking a pause.
error-429-now = Wait a minute and try again.
error-500-title = Something went wrong on our side
error-500-what = It was not your doing. The fault has been noted, and whatever was saved is saved whole.
error-500-now = Wait a while and try again. If it goes on, give the reference to your support desk.
error-503-title = Kedjan is closed just now
error-503-what = The service is restarting or has lost touch with its database. Nothing that was saved has been lost.
error-503-now = Try again in a few minutes. Is it urgent? Phone the receiver, as you do when the system is down.

# Open pages
about-title = About Kedjan
about-lead = Kedjan holds the way from discovery to support together. Whoever is suspected of driving under the influence and says yes to support is to be called while the will is there, and no child is to be missed.
about-data-title = What is kept here about a person
about-data-text = The name, how the person is reached, what was offered and what happened then. Each authority has its own data. They are handed to another authority only with the person's consent or where a law says so, and what identifies the person is encrypted.
about-log-text = Each time somebody opens a case, a work list or a person, it is written in a log that cannot be changed without it showing.
about-rights-title = If a case is about you
about-rights-text = You may withdraw a consent at any time. Say so to the one who asked you or to the one who contacts you. You may also learn what is kept about you and who has looked at it. Ask the authority that keeps it.
accessibility-title = Accessibility
accessibility-lead = Kedjan is to be usable by everyone, with a keyboard, a screen reader, large text, and on the phone, with gloves on too.
accessibility-how-title = How it is tried
accessibility-how-text = Every page is tried against WCAG 2.1 level AA with automatic checks in a real browser, at phone and desktop width, in light and dark, without JavaScript, and with the keyboard alone.
accessibility-lacks-title = What falls short
accessibility-lacks-text = Nobody has yet tried the pages with all common screen readers. Signing on the screen takes a pointer or a finger; whoever cannot sign so consents by word of mouth instead. The translations of the script are working translations where the page says so.
accessibility-tell-title = Tell us
accessibility-tell-text = If you find something that cannot be used, tell the authority that gave you access to Kedjan. If you are not content with the answer, you may turn to Digg, which supervises the act on accessibility to digital public services.
