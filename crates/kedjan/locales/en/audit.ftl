log-title = Access log
log-text = The log has { $count } records. Every look and every change that concerns a person stands here.
log-head = The end of the chain just now, to be kept elsewhere:
log-seq = No.
log-at = When
log-what = What
log-object = About
log-role = Role
log-decision = Decision
log-allowed = Allowed
log-denied = Denied
log-people = { $count ->
    [one] one person
   *[other] { $count } people
}
