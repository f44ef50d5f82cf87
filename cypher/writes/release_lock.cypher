// about: Give the lock back, if this run holds it.
MATCH (w:Workspace {id: 'workspace'})
WHERE w.lock = $run
SET w.lock = null, w.holder = null, w.locked_at = null
RETURN count(w) AS released
