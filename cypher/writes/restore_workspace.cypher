// about: Publish again what was published before a run that is taken back, if this run holds the lock.
MATCH (w:Workspace {id: 'workspace'})
WHERE w.lock = $run
SET w.published = $published, w.run = $run, w.as_of = $as_of, w.currency = $currency,
  w.own = $own, w.own_digest = $own_digest
RETURN count(w) AS restored
