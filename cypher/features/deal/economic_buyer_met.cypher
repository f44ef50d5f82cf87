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
WITH collect([p, c]) AS seats WHERE size(seats) > 0
CALL (e, as_of) {
  OPTIONAL MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(c:Contact) WHERE a.kind IN ['meeting', 'call'] AND a.at <= as_of AND known(b, t)
  RETURN collect(DISTINCT c) AS people
}
UNWIND seats AS seat
WITH seat[0] AS p, seat[1] AS c, seat[1] IN people AS met
RETURN p.id AS id, CASE WHEN met THEN p.confidence ELSE 0.0 END AS x, p.confidence * CASE WHEN met THEN 1 ELSE 0.5 END AS w,
  [e, c] AS nodes, [p] AS relationships, told(c.name) + CASE WHEN met THEN ' has met us' ELSE ' has not met us' END AS contact
