// entity: deal
// family: buying center
// about: Highest level of the people who engaged on this deal: staff 1, manager 2, director 3, vice president 4,
//     executive 5.
// unit: level
// aggregate: max
// empty: 0
// monotone: up
// because: The most senior person engaged is {contact}, {title}
// each: {contact}, {title}
// absent: No one of known seniority has engaged on this deal.
MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(c:Contact)
WHERE (a.kind IN ['meeting', 'call'] OR (a.kind = 'mail' AND a.direction = 'inbound')) AND a.at <= as_of AND known(b, t)
WITH c, max(a.at) AS at
MATCH (c)-[j:WORKS_AT]->(f:Account) WHERE j.seniority IS NOT NULL AND current(j) AND known(j)
OPTIONAL MATCH (c)-[p:PLAYS]->(e) WHERE known(p)
WITH c, at, j, f, p ORDER BY p.confidence DESC, p.id
WITH c, at, j, f, collect(p)[0] AS p
RETURN j.id AS id, level(j.seniority) AS x, level(j.seniority) AS w, at, [e, c, f] AS nodes,
  CASE WHEN p IS NULL THEN [j] ELSE [p, j] END AS relationships, told(c.name) AS contact, coalesce(told(j.title), j.seniority) AS title
