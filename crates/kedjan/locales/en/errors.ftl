field-missing = An answer is needed. Fill it in.
field-not-asked = The question does not belong with this answer. Remove what is written here.
field-unknown = There is no such field. Remove it.
field-unknown-near = There is no such field. Do you mean { $nearest }?
field-wrong-type = The answer has the wrong form. It should be of the type { $expected }.
field-not-an-option = That answer cannot be chosen. Choose among: { $options }.
field-twice = The same answer is given twice. Remove one.
field-too-small = The number is too small. The least that is taken is { $min }.
field-too-large = The number is too large. The most that is taken is { $max }.
field-too-long = The text is too long. It may have { $max } characters at most.
field-not-a-time = The time could not be read. Write day and time.
field-not-a-municipality = There is no such municipality. Write its name or its four digits.
field-own-unit = This is not the unit that the token stands for. Leave the field out or give the own unit.
field-limit = Write a whole number from 1 to 100.
field-cursor = The page cannot be found. Begin again from the top of the list.
method-unknown = There is no method { $tried }. There are: { $known }.
refused-login-title = You need to log in
refused-login-text = Nobody is logged in, or the token no longer holds. Log in, or use a token that does.
refused-not-found-title = There is nothing here
refused-not-found-text = What you look for does not exist, or your unit has not been given it.
refused-forbidden-title = You may not do that here
refused-forbidden-text = Your role does not allow it. Nothing has been changed.
refused-not-now-title = Not possible as things stand
refused-fields-title = Something needs correcting
refused-fields-text = { $count ->
    [one] One answer needs correcting
   *[other] { $count } answers need correcting
}. Nothing has been saved.
refused-stale-title = Somebody got there first
refused-stale-text = The case has changed since you read it. Nothing has been saved. Read it again and redo what is still needed.
refused-key-title = The key has been used
refused-key-text = The same Idempotency-Key was used for another request. Use a new key.
refused-consent-title = The consent is over
refused-consent-text = It has already been withdrawn or has run out. Nothing more needs doing.
refused-malformed-title = It could not be read
refused-taken-title = It exists already
refused-merge-title = They cannot be merged
refused-merge-text = The records belong to two different people, or are one already.
