// about: What is wrong with scores and has not ended, the oldest first.
UNWIND $names AS name
MATCH (h:HealthEvent {name: name}) WHERE h.ended_at IS NULL
RETURN properties(h) AS row ORDER BY row.name, row.at, row.id
