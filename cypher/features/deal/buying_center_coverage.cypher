// entity: deal
// family: buying center
// about: Share of the roles expected in a won deal whose holder has met us, each role weighted by how often won
//     deals had it.
// unit: share
// aggregate: weighted_mean
// empty: 0
// monotone: up
// because: {yes} of {count} expected roles have met us (missing: {role:list no})
// each: {role}: {contact}
// absent: Nobody with a role has met us, and no won deal says yet which roles to expect.
CALL (e, as_of) {
  OPTIONAL MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(c:Contact)
  WHERE a.kind IN ['meeting', 'call'] AND a.at <= as_of AND known(b, t)
  WITH collect(DISTINCT c) AS met
  OPTIONAL MATCH (c:Contact)-[p:PLAYS]->(e) WHERE p.confidence >= 0.3 AND known(p)
  WITH c, p, c IN met AS met
  ORDER BY met DESC, p.confidence DESC, p.id
  RETURN collect({c: c, p: p, met: met}) AS seats
}
UNWIND ['economic_buyer', 'champion', 'technical_evaluator', 'user', 'procurement', 'influencer', 'blocker'] AS role
MATCH (n:Norm {id: 'role_frequency|' + role + '|' + month(as_of)}) WHERE n.value >= 0.25 AND known(n)
WITH n, role, head([seat IN seats WHERE seat.p.role = role]) AS seat
RETURN role AS id, CASE WHEN seat.met THEN 1.0 ELSE 0.0 END AS x, n.value AS w,
  CASE WHEN seat IS NULL THEN [e, n] ELSE [e, seat.c, n] END AS nodes,
  CASE WHEN seat IS NULL THEN [] ELSE [seat.p] END AS relationships,
  replace(role, '_', ' ') AS role,
  CASE WHEN seat IS NULL THEN 'nobody known' WHEN seat.met THEN told(seat.c.name) + ' met us'
    ELSE told(seat.c.name) + ' has not met us' END AS contact
