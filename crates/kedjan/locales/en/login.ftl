login-title = Log in
login-name = User name
login-password = Password
login-button = Log in
login-change-password = Change password
login-help = Forgotten your password, or no account yet? Ask whoever looks after accounts at your organisation. Nobody should ever ask you for your password.
login-wrong = The user name and the password do not belong together. Check both and try again.
login-wait = There have been many attempts. Wait { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
 } and try again.

password-title = Choose a password
password-once = The password you were given only lets you in the first time. Choose one of your own that nobody else knows.
password-now = The password you have now
password-new = New password
password-again = New password once more
password-hint = At least { $least } characters. A few words in a row are easy to remember and hard to guess.
password-button = Save the password and log in
password-back = To the log-in
password-length = The password must have { $least } to { $most } characters. Try adding a word.
password-common = The password is easy to guess: it is a common word, a row of the keyboard or your own name. Write for example three or four words that do not belong together.
password-same = Choose a password that is neither the old one nor your user name.
password-differs = The two new passwords are not the same. Write the same one in both places.

place-title = Where are you working now?
place-label = Unit and role
place-hint = You see what the unit may see. You can change whenever you like.
place-button = Continue
place-choose = Choose one of the units.

passkey-use = Use a passkey
passkey-wrong = The passkey could not be used. Try again, or log in another way.
passkey-not = That did not work this time. Try again, or choose another way.
passkey-known = This device already has a passkey for your account.
passkey-needs-script = Passkeys need scripts and a browser that supports them.
passkey-elsewhere = Your passkeys cannot be used at this address. Use a code instead.

second-title = One more step
second-code = Code
second-code-hint = The six digits in your authenticator app, or one of your recovery codes.
second-wrong = The code is not right, or has been used already. Wait for the next code in the app and try again.
second-other = Cancel the log-in
second-help = Have you no phone, passkey or recovery codes left? Ask whoever looks after accounts at your organisation.

proof-title = Confirm that it is you
proof-lead = What you are about to do needs a new confirmation. Then you come back to where you were.
proof-button = Confirm
kept-title = Thank you, now we know it is you
kept-lead = What you wrote is still here. Nothing is saved yet. Press the button to send it.
kept-send = Send what I wrote
kept-back = Back to the page without sending
proof-back = Cancel
proof-password-wrong = The password is not right. Try again.

setup-title = Protect your log-in
setup-lead = Your authority demands more than a password. Choose one of the ways below. It takes a couple of minutes and is done once.

level-password = Password
level-two-factors = Password and code
level-passkey = Passkey

security-link = My log-in
security-title = My log-in
security-lead = Here you see how you log in and where you are logged in.
security-since = Since
security-remove = Remove
security-back = Back

passkeys-title = Passkeys
passkeys-lead = A passkey is in your phone, your computer or a security key. You unlock it with a finger, your face or a PIN, and nobody can trick you out of it.
passkeys-elsewhere = Passkeys can be used at the address { $address }.
passkeys-never = Passkeys cannot be used here, because the address of this installation is not a name.
passkey-new = Add a passkey
passkey-new-lead = Give the passkey a name that you will recognise. Then follow what the browser shows.
passkey-name = Name of the passkey
passkey-name-hint = For example “Work phone”.
passkey-name-form = Give the passkey a name on one line, at most { $most } characters.
passkey-not-kept = The passkey was not saved. Try again.
passkey-used = Last used
passkey-unused = Not used yet

app-title = Authenticator app
app-lead = An app in your phone shows a new code every thirty seconds. You write the code after the password.
app-new = Connect an app
app-again = Connect another app
app-since = Connected { $at }
app-remove = Disconnect the app
app-step-install = Open an authenticator app in your phone, for example the one your employer has chosen.
app-step-scan = Scan the picture with the app.
app-step-code = Write the code that the app shows.
app-picture = Picture for the authenticator app to scan
app-by-hand = Cannot scan the picture? Write this key into the app:
app-code-hint = Six digits.
app-confirm = Connect the app
app-wrong = The code is not right. Check that the phone’s clock is right, wait for the next code and try again.

codes-title = Recovery codes
codes-lead = With one of these codes you get in if your phone or passkey is gone. Each code works once. Print them or keep them in a safe place, but not together with the password.
codes-left = { $count ->
    [0] You have no codes left. Make new ones so that you are not locked out.
    [one] You have { $count } code left.
   *[other] You have { $count } codes left.
 }
codes-new = Make new codes
codes-saved = I have saved the codes

sessions-title = Logged in just now
sessions-lead = Is there something you do not recognise? End it and change your password.
session-where = Browser
session-unknown = Unknown browser
session-own = this one
session-seen = Last used
session-level = Logged in with
session-half = Waiting for the second step
session-end = End
session-end-others = End all others

rule-title = Log-in
rule-label = The least that is needed to log in
rule-hint = Whoever has less sets it up at the next log-in, before anything else opens.
rule-save = Save the rule
rule-unknown = Choose one of the rules.
rule-no-passkeys = Passkeys cannot be demanded here, because the address of the installation is not a name.

first-title = The first administrator
first-lead = Make your account. The link works once. After that you add a second step to your log-in.
first-again = The password once more
first-button = Make the account
