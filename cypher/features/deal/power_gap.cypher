// entity: deal
// family: buying center
// about: Share of the people with power at the account (directors and above) who have not engaged on this deal,
//     weighted by level.
// unit: share
// aggregate: weighted_mean
// empty: null
// monotone: down
// newest: 200
// because: {yes} of {count} directors and above at the account have not engaged on this deal
// none: Every director and above at the account has engaged on this deal ({count} of {count})
// each: {contact}, {title}: {engaged}
// absent: No director or above is known at the account.
CALL (e, as_of) {
  OPTIONAL MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(c:Contact) WHERE (a.kind IN ['meeting', 'call'] OR (a.kind = 'mail' AND a.direction = 'inbound')) AND a.at <= as_of AND known(b, t)
  RETURN collect(DISTINCT c) AS people
}
MATCH (e)-[w:WITH]->(f:Account) WHERE known(w)
newest((f)<-[j:WORKS_AT]-(c:Contact))
WITH e, w, f, j, c, as_of, people WHERE j.seniority IN ['c_level', 'vp', 'director'] AND current(j)
WITH e, w, f, j, c, c IN people AS met
RETURN j.id AS id, CASE WHEN met THEN 0.0 ELSE 1.0 END AS x, level(j.seniority) AS w, [e, f, c] AS nodes, [w, j] AS relationships,
  told(c.name) AS contact, coalesce(told(j.title), j.seniority) AS title, CASE WHEN met THEN 'engaged' ELSE 'not engaged' END AS engaged
