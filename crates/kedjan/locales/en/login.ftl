login-title = Log in
login-name = User name
login-password = Password
login-button = Log in
login-change-password = Change password
login-help = Forgotten your password, or no account yet? Ask whoever looks after accounts at your organisation. Nobody should ever ask you for your password.
login-wrong = The user name and the password do not belong together. Check both and try again.
login-wait = There have been many attempts in a short time. Wait five minutes and try again.

password-title = Choose a password
password-once = The password you were given only lets you in the first time. Choose one of your own that nobody else knows.
password-now = The password you have now
password-new = New password
password-again = New password once more
password-hint = At least { $least } characters. A few words in a row are easy to remember and hard to guess.
password-button = Save the password and log in
password-back = To the log-in
password-length = The password must have { $least } to { $most } characters. Try adding a word.
password-same = Choose a password that is neither the old one nor your user name.
password-differs = The two new passwords are not the same. Write the same one in both places.

place-title = Where are you working now?
place-label = Unit and role
place-hint = You see what the unit may see. You can change whenever you like.
place-button = Continue
place-choose = Choose one of the units.
