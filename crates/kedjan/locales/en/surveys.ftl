nav-surveys = Surveys
surveys-title = Surveys
surveys-text = Send a survey to those who are to answer, follow who has answered, and make a fact sheet of the answers.
surveys-empty = No survey has been opened
surveys-empty-text = Choose one below and open it for a year.
survey-new = Open a survey
survey-new-text = Nothing is sent when you open the survey. You first see the list of those who are to answer.
survey-year = Which year are the questions about?
survey-last-day = Last day to answer
survey-last-day-hint = After that day the survey locks by itself. Nobody can then answer or change an answer.
survey-to = Who is to answer?
survey-to-hint = A line for each: name; address of a function; code of the county or municipality. The code can be left out. Never write a person's address.
survey-open-it = Open the survey
survey-year-taken = There is such a survey for that year already.
survey-year-wrong = Write a year from 2000 to { $last }.
survey-last-day-wrong = Choose a day from today to a year from now.
survey-to-missing = Write at least one who is to answer.
survey-to-many = At most { $most } can get the same survey.
survey-to-name = Line { $row }: write a name of at most { $max } characters.
survey-to-twice = Line { $row }: { $name } is on the list already.
survey-to-email = Line { $row }: write the e-mail address of a function, for example name; andts@authority.se; 10.
survey-to-code = Line { $row }: there is no such code. Write the county's two digits or the municipality's four, or leave the code out.
survey-to-code-twice = Line { $row }: the code is on the list already.
survey-none-such = There is no such survey. Go back and choose one in the list.
survey-is-locked = The survey is locked. Nothing of it can change any more, and no invitations or reminders can be sent. Open a new survey if more people need to answer.
survey-is-open = The survey is not locked yet. Wait until its last day has passed, or lock it, so that no text changes while it is being coded.
survey-is-open-protected = The answers are protected, so no figures are shown until the survey is locked: else it could be seen what whoever answered last has answered.
survey-act-unknown = The form does not say what was to be done. Go back and press the button again.
survey-state-not-begun = Not begun
survey-state-partly = Begun, not handed in
survey-state-answered = Answered
survey-state-declined = Declined
survey-invited = Invited
survey-invitations = Invitations
survey-open = Open
survey-locked = Locked
survey-until = Last day to answer: { $day }.
survey-column-survey = Survey
survey-column-last-day = Last day
survey-column-state = State
survey-column-organisation = Organisation
survey-column-address = Address of the function
survey-column-invited = Invited
survey-column-reminders = Reminders
survey-column-do = To do
survey-column-question = Question
survey-column-id = Id of the question
survey-column-answer = Answer
survey-column-code = Id of the answer
survey-column-n = Number
survey-column-of = Base
survey-column-share = Per cent
survey-column-source = Source
survey-column-place = Code of the county or municipality
survey-column-codes = { $question } (codes)
survey-sum = { $invited } invited = { $answered } have answered + { $partly } have begun + { $waiting } have not begun + { $declined } have declined.
survey-reconciled = { $answered } of { $invited } invited answered ({ $share }%). { $partly } began and did not hand in, { $waiting } did not begin and { $declined } declined.
survey-waiting = { $n ->
    [one] One letter waits to be sent.
   *[other] { $n } letters wait to be sent.
}
survey-invite = Send invitations
survey-remind = Remind those who have not answered
survey-remind-hint = Whoever has answered, declined or has a withdrawn link gets no reminder, and nobody gets two within a day by your pressing here. Each gets at most { $most ->
    [one] one reminder, and it is sent by itself
   *[other] { $most } reminders, and they are sent by themselves
 } as the last day comes near.
survey-no-mail = This installation sends no e-mail. Make a new link for each and hand it over in another way, or print all links with the command kedjan survey invite --links.
survey-contact = Ask about the answers: { $contact }
survey-list = Those who are to answer
survey-not-invited = Not yet
survey-do = Link and answer
survey-again = Make a new link
survey-withdraw = Withdraw the link
survey-decline = Note that they decline
survey-link-shown = Here is the new link. It is shown only now. Earlier links no longer hold. Whoever has the link can answer.
survey-lock = Lock the survey before its last day
survey-lock-text = When the survey is locked nobody can answer or change an answer. It cannot be unlocked.
survey-lock-it = Lock the survey now
survey-done-opened = The survey is open. Nothing has been sent yet.
survey-done-invite = { $n ->
    [one] One invitation is being sent.
   *[other] { $n } invitations are being sent.
}
survey-done-remind = { $n ->
    [one] One reminder is being sent to { $names }.
   *[other] { $n } reminders are being sent. They go to { $names }.
}
survey-done-remind-none = No reminder is being sent. Those on the list are not invited yet, have answered or declined, have a withdrawn link, have had a reminder within the last day or have had as many reminders as the survey allows.
survey-done-lock = The survey is locked.
survey-done-again = A new link is being sent. Earlier links no longer hold.
survey-withdrawn = The link is withdrawn
survey-reminded-at = Latest { $at }
survey-done-withdraw = The link is withdrawn, and no reminders are sent to them. Make a new link if they are to answer after all. What has been saved is still there.
survey-done-decline = It is noted that they decline.
survey-done-coded = The codes are saved.
survey-coding = Code free-text answers
survey-coding-text = Choose the codes that fit the text. A text can have several.
survey-coding-tabs = Questions to code
survey-coding-left = { $open ->
    [one] One text of { $all } is not coded.
   *[other] { $open } texts of { $all } are not coded.
}
survey-text-nr = Text { $nr }
survey-codes = Codes
survey-code-it = Save the codes
survey-coded-at = Coded { $at }.
survey-coded-by = By { $who }.
survey-uncoded = Not coded
survey-uncoded-left = { $n ->
    [one] One free-text answer is not coded yet and is not part of the figures that rest on codes.
   *[other] { $n } free-text answers are not coded yet and are not part of the figures that rest on codes.
}
survey-uncoded-some = Some free-text answers are not coded yet. Figures that rest on codes are shown when all are.
survey-nothing-to-code = There is nothing to code
survey-nothing-to-code-text = The survey has no free-text questions with codes.
survey-back = Back to the survey
survey-results = Results
survey-definitions = Definitions
survey-sheet = Fact sheet
survey-answers-file = All answers (CSV)
survey-file-answers = answers
survey-answers-protected = The answers of this survey are protected, so they are given out only counted together. Download the results instead.
survey-indicator = Indicator { $indicator }
survey-answered-share = Share who answered
survey-answered-question = Answered the question
survey-no-answer = No answer
survey-asked = The question was asked of { $asked }, and { $answered } answered.
survey-asked-when = Asked of those who answered “{ $answers }” to “{ $question }”.
survey-definition = How many gave this answer to “{ $question }”, of those it was asked of.
survey-definition-of = How many were asked the question.
survey-definition-share = The number divided by the base, in whole per cent.
survey-definition-withheld = Withheld, since it may betray a small number or what each has answered.
survey-definition-none = There can be no figure.
survey-definition-answered = How many have answered, of everybody invited.
survey-number-sum = Sum
survey-number-least = Least
survey-number-most = Most
survey-withheld = The figures are withheld, since they may betray a small number or what each has answered.
survey-protected = Numbers under { $threshold } are withheld, and so is what would give them away, or what each has answered.
survey-figure = ({ $n } of { $of }, { $percent }%)
survey-percent = { $percent }%
survey-and = { $list } and { $last }
survey-base = Base: { $base }, n = { $of }
survey-told-nobody = There are no answers to tell of for { $base }.
survey-told-withheld = The figure for { $base } is withheld, since it may betray a small number or what each has answered.
survey-how-counted = How the figures are counted
survey-words-are = The words for shares follow these limits, and each holds up to the next:
survey-words-from = { $words }: from { $limit }%
survey-words-above = { $words }: above { $limit }%
survey-source = Source: { $survey }, compiled { $date }.
survey-preliminary = The survey is not locked yet, so the figures may change.
survey-demo = The answers are made up, for demonstration.
survey-mail-subject = Survey: { $survey }
survey-mail-subject-remind = Reminder of survey: { $survey }
survey-mail-invite = { $by } asks { $asked } to answer the survey “{ $survey }” by { $day }.
survey-mail-remind = { $by } reminds { $asked } of the survey “{ $survey }”. The last day to answer is { $day }.
survey-mail-link = Answer here: { $link }
survey-mail-how = You need not log in. You can save and go on later, and a colleague can go on with the same link. Do not give the link to anybody outside the organisation. After the last day the link no longer holds. This message cannot be answered.
answer-until = the last day to answer is { $day }
answer-how = You can save and go on later. A colleague can go on with the same link. You can skip questions that do not concern you, and answers to them are not counted.
answer-protected = The answers are protected. They are given out only counted together. Small numbers are withheld, and so is an answer that everybody has given. Those who run the survey read what you write in your own words, so that it can be put together.
answer-unprotected = Those who run the survey see what each has answered. Results and fact sheet show small numbers too, so that it may be possible to work out what a single one has answered.
answer-saved-at = Last saved { $at }.
answer-saved = The answers are saved. They are not handed in yet.
answer-submit = Hand in
answer-draft = Save and go on later
answer-room = At most { $max } characters.
answer-none = No answer
answer-contact-title = Contact
answer-contact = Who can be asked about the answers?
answer-contact-hint = For example a function and a telephone number. It is not shown in the fact sheet and is part of no files.
answer-decline = We do not answer
answer-decline-text = Please say if you do not mean to answer, and you will get no reminders. You can change your mind until the last day.
answer-decline-it = We decline to answer
answer-meanwhile = Somebody else has saved { $at }, after you opened the page. What you wrote still stands below but is not saved. If you save now, the other answers are replaced where yours differ.
answer-meanwhile-theirs = What the other has answered
answer-handed-in-meanwhile = Somebody else has handed in the answers, or said that you decline, after you opened the page. What you wrote is not saved but is still on this page. Open the answers again if you want to go on with it.
answer-button-meanwhile = Somebody else has changed something after you opened the page, so nothing happened when you pressed the button. This is how it is now.
answer-opened = The answers are open again. What you had written stands below but is not saved. If you save now, it replaces the answers that are saved.
answer-opened-saved = What is saved
answer-reopen-typed = Open the answers again and go on with what I wrote
answer-typed = This is what you had written
answer-thanks = Thank you, the answers are handed in
answer-thanks-text = Handed in { $at }. Up to and including { $day } you can open the answers again and change them.
answer-print = Print the page or save it as PDF if you want a copy. After the last day the link no longer holds.
answer-reopen = Open the answers again
answer-declined = You have declined
answer-declined-text = Noted { $at }. You can change your mind until the last day.
answer-link-title = The link does not hold
answer-link-what = The link may be mistyped, replaced by a new one or withdrawn, or the survey's last day may have passed.
answer-link-now = Use the link in the latest letter, or ask whoever sent the survey.
answer-link-typed = It is not saved. Copy it now if you need it. If you have been given a new link, you can open that one and paste the text in there.
