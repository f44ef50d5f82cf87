// about: Void what an earlier run told of entities that a record has left: who is who was corrected, so it never held.
MATCH (n:Record)-[old:RESOLVED_TO]->(e:Account|Contact|Lead|Deal|Outcome)
WHERE old.known_to IS NULL AND old.run <> $run
  AND EXISTS { MATCH (n)-[new:RESOLVED_TO]->(other) WHERE new.run = $run AND labels(other) = labels(e) }
WITH DISTINCT e
CALL (e) {
  MATCH (e)-[x]-()
  WHERE x.known_to IS NULL AND x.run <> $run AND x.known_from IS NOT NULL
  SET x.known_to = x.known_from
  RETURN count(*) AS ties
}
FOREACH (gone IN CASE WHEN e.known_to IS NULL AND e.run <> $run THEN [1] ELSE [] END | SET e.known_to = e.known_from)
RETURN count(*) AS entities
