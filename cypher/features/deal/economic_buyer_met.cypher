// entity: deal
// family: buying center
// about: Whether an economic buyer has met us: the confidence of that role, 0 while not met.
// unit: probability
// aggregate: max
// empty: 0
// monotone: up
// because: Economic buyer {contact}
// each: {contact}
// absent: No economic buyer is known.
MATCH (e)<-[p:PLAYS]-(c:Contact) WHERE p.role = 'economic_buyer' AND p.confidence IS NOT NULL AND known(p)
WITH p, c, EXISTS {
  MATCH (c)-[t:TOOK_PART_IN]->(a:Activity)-[b:ABOUT]->(e) WHERE a.kind IN ['meeting', 'call'] AND a.at <= as_of AND known(t, b)
} AS met
RETURN p.id AS id, CASE WHEN met THEN p.confidence ELSE 0.0 END AS x, p.confidence * CASE WHEN met THEN 1 ELSE 0.5 END AS w,
  [e, c] AS nodes, [p] AS relationships, c.name + CASE WHEN met THEN ' has met us' ELSE ' has not met us' END AS contact
