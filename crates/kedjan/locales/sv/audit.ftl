log-title = Åtkomstlogg
log-text = Loggen har { $count } poster. Varje titt och varje ändring som rör en person står här.
log-head = Kedjans slut just nu, att spara på annan plats:
log-seq = Nr
log-at = När
log-what = Vad
log-object = Gällde
log-role = Roll
log-decision = Beslut
log-allowed = Tilläts
log-denied = Nekades
log-people = { $count ->
    [one] en person
   *[other] { $count } personer
}
