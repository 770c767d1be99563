script-title = Read the offer aloud
script-hint = Choose the person's language. Read calmly and wait for the answer.
script-unreviewed = Working translation: no authorised translator has checked the text yet. Use an interpreter if anything is unclear.
script-others = Other languages
script-text = The words to read aloud
