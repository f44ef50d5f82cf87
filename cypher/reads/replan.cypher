// about: Samples the indexes and forgets plans that were made for less data.
CALL db.prepareForReplanning($seconds)
