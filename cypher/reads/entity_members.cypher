// about: The records that an entity stands on now; an id that was given up leads to the one that took its place.
OPTIONAL MATCH (own:Account|Contact|Lead|Deal {id: $id}) WHERE own.known_to IS NULL
OPTIONAL MATCH (:Redirect {id: $id})-[t:TO]->(heir:Account|Contact|Lead|Deal) WHERE t.known_to IS NULL
WITH coalesce(own, heir) AS e
MATCH (n:Record)-[r:RESOLVED_TO]->(e)
WHERE r.known_to IS NULL
RETURN e.id AS entity, n.id AS id, n.source AS source, n.record_id AS record_id ORDER BY id
