// about: Make a run visible to every reader, unless another run holds the lock.
MERGE (w:Workspace {id: 'workspace'})
SET w.run = coalesce(w.run, $run)
WITH w
FOREACH (free IN CASE WHEN w.lock IS NULL OR w.lock = $run THEN [1] ELSE [] END |
  SET w.published = $run, w.run = $run, w.as_of = $as_of, w.currency = coalesce($currency, w.currency),
    w.own = $own, w.own_digest = $own_digest)
RETURN w.published AS published, w.lock AS lock
