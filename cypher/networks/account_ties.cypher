// about: Ties between accounts with the times when they were known: ownership, partnership, and people who work or worked at both.
MATCH (a:Account)-[r:SUBSIDIARY_OF|PARTNERS_WITH|OWNED_BY]->(b:Account)
RETURN a.id AS a, b.id AS b, 1.0 AS weight, r.known_from AS known_from, r.known_to AS known_to
UNION ALL
MATCH (a:Account)<-[j:WORKS_AT]-(c:Contact)-[k:WORKS_AT]->(b:Account) WHERE a.id < b.id
RETURN a.id AS a, b.id AS b, 0.5 AS weight,
  CASE WHEN j.known_from > k.known_from THEN j.known_from ELSE k.known_from END AS known_from,
  CASE WHEN j.known_to IS NULL OR k.known_to < j.known_to THEN k.known_to ELSE j.known_to END AS known_to
