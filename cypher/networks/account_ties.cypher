// about: Ties between accounts with the times when they were known: ownership, partnership, and people who work or worked at both.
MATCH (a:Account)-[r:SUBSIDIARY_OF|PARTNERS_WITH|OWNED_BY]->(b:Account)
RETURN a.id AS a, b.id AS b, 1.0 AS weight, r.known_from AS known_from, r.known_to AS known_to
UNION ALL
MATCH (c:Contact)-[j:WORKS_AT]->(a:Account)
WITH c, j, a ORDER BY j.known_from, j.id
WITH c, collect({j: j, a: a}) AS jobs
UNWIND range(0, size(jobs) - 2) AS i
UNWIND jobs[i + 1..i + 11] AS other
WITH jobs[i].j AS j, jobs[i].a AS a, other.j AS k, other.a AS b WHERE a.id <> b.id
RETURN CASE WHEN a.id < b.id THEN a.id ELSE b.id END AS a, CASE WHEN a.id < b.id THEN b.id ELSE a.id END AS b, 0.5 AS weight,
  CASE WHEN j.known_from > k.known_from THEN j.known_from ELSE k.known_from END AS known_from,
  CASE WHEN j.known_to IS NULL OR k.known_to < j.known_to THEN k.known_to ELSE j.known_to END AS known_to
