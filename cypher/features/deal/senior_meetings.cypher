// entity: deal
// family: engagement
// about: Meetings and calls of the last 90 days in which someone with power (director and above) took part.
// unit: meetings
// aggregate: distinct
// empty: 0
// monotone: up
// window: 90 days
// because: {value:plural meeting meetings} with directors and above in the last 90 days ({contact:list})
// each: {contact}, {title}, on {at:day}
// absent: No director or above met us in the last 90 days.
MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(c:Contact)-[j:WORKS_AT]->(f:Account)
WHERE a.kind IN ['meeting', 'call'] AND a.at > before(90) AND a.at <= as_of AND j.seniority IN ['c_level', 'vp', 'director'] AND current(j) AND known(b, t, j)
RETURN t.id + '|' + j.id AS id, a.id AS x, a.at AS at, [e, a, c, f] AS nodes, [b, t, j] AS relationships,
  told(c.name) AS contact, coalesce(told(j.title), j.seniority) AS title
