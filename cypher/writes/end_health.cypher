// about: What was wrong with a score and is not among the ids any more has ended.
MATCH (h:HealthEvent {name: $name}) WHERE h.ended_at IS NULL AND NOT h.id IN $ids
SET h.ended_at = $as_of, h.run = $run
RETURN count(h) AS ended
