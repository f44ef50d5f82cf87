// about: A record speaks of one account, contact, lead, deal or outcome at a time.
MATCH (r:Record)-[t:RESOLVED_TO]->(e:Account|Contact|Lead|Deal|Outcome)
WHERE t.known_to IS NULL
WITH r, labels(e)[0] AS kind, count(*) AS n, min(e.id) AS one, max(e.id) AS other
WHERE n > 1
RETURN r.id AS id, kind + ' ' + one + ' and ' + other AS found
