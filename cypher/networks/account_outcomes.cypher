// about: How each account's deals ended, with the times when that was known.
MATCH (a:Account)<-[w:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome)
RETURN a.id AS a, d.id AS deal, o.result AS result,
  CASE WHEN w.known_from > z.known_from THEN w.known_from ELSE z.known_from END AS known_from,
  CASE WHEN w.known_to IS NULL OR z.known_to < w.known_to THEN z.known_to ELSE w.known_to END AS known_to
