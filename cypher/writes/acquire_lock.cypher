// about: Take the lock for a run, unless another holds it; `stale` names a holder that is known to be gone.
MERGE (w:Workspace {id: 'workspace'})
SET w.run = coalesce(w.run, $run) // locks the node, so that what follows reads what is committed
WITH w
FOREACH (free IN CASE
    WHEN w.lock IS NULL OR w.holder = $stale OR (w.lock = $run AND w.holder = $holder) THEN [1] ELSE []
  END |
  SET w.lock = $run, w.holder = $holder, w.locked_at = $now)
RETURN w.lock AS lock, w.holder AS holder, w.locked_at AS locked_at
