# Identity numbers
identity-error-empty = Enter a personal identity number, a coordination number or a reserve number.
identity-error-length = The number should have ten or twelve digits. Count the digits once more.
identity-error-letters = The number may hold digits only, and a hyphen or a plus sign before the last four. Write a reserve number with letters as its issuer, a colon and the number, for example R:4711.
identity-error-sign = The hyphen or plus sign goes before the last four digits.
identity-error-month = There is no such month as the one in the number. Check the digits for the month.
identity-error-day = There is no such day in that month. Check the digits for the day.
identity-error-century = A number of twelve digits should begin with 18, 19 or 20.
identity-error-future = The date of birth in the number has not come yet. Check the year.
identity-error-check-digit = The check digit does not agree. One of the digits is probably wrong, so check the whole number.
identity-error-interim = Temporary numbers with a letter are not accepted. Leave the field empty or enter a reserve number.
identity-error-reserve = Write a reserve number as its issuer, a colon and the number, for example R:4711.

# What else is known of a person
person-error-identity-demo = In the practice version only the official test numbers of the Swedish Tax Agency may be used. Enter one of those, never a real number.
person-error-name-long = The name is too long. Use 200 characters at most.
person-error-name-signs = The name holds characters that cannot be shown. Write it on one line.
person-error-phone = The phone number does not look right. Enter it in digits, with the area code first, for example 070-174 06 05.
person-error-email = The email address does not look right. It should have an @ and a domain, for example name@example.se.
person-error-address = The address is too long or holds characters that cannot be shown. Use 300 characters at most.
person-error-address-protected = The address of a person with protected personal data may not be stored. Remove it, and enter only how the person wishes to be reached.
person-error-municipality = There is no such municipality. Enter its name or its four digits.
person-error-sex = Choose woman or man, or leave the question unanswered.
person-error-birth-year = The year of birth should be four digits, from 1850 to this year.
person-error-birth-year-differs = The year of birth is not the one in the number. Correct one of them, or leave the year of birth empty.

# What is shown of a person
person-protected = Protected personal data
person-without-name = No name given

person-title = The person
person-identity = Personal identity or coordination number
person-identity-hint = Ten or twelve digits. Leave empty if not known.
person-name = Name
person-name-hint = Or a working name, if the person will not or cannot say.
person-phone = Telephone
person-email = E-mail
person-address = Address
person-municipality = Lives in municipality
person-municipality-hint = Decides who receives. Empty means the municipality where it happened.
person-more = More details
person-protected-question = Protected identity
person-protected-yes = Yes, the person has protected identity
person-protected-tag = Protected
person-masked = The person has protected identity. What could reveal who or where the person is does not show.
person-keep-hint = What is left empty stays as it is. Write only what is new.
person-lift = The person's number, if the protection is to be taken away
person-lift-hint = Write the number, or the name where no number is known. The protection is taken away when the box is not ticked and what you write is right. Do it only when it is certain that the protection has ended: name and number then show to everybody who has the case.
person-lift-wrong = The protection stays. It is taken away when you write the person's number, or the name where no number is known, and it is right.
person-nothing-known = Nothing is known about the person.

person-correct = Correct contact details
person-correct-link = Correct details or merge duplicates
merge-title = The same person in another case
merge-text = Does the person have two records? Merge them. Who did it, when and why is kept.
merge-other = The number of the other case
merge-other-hint = Ten characters. The person in that case becomes the same person as this one.
merge-reason = Why?
merge-recorded-twice = The same person was recorded twice
merge-number-known = The person's number has become known
merge-send = Merge
person-voluntary = Fill in what you know and leave the rest empty.
