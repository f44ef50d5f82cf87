// entity: deal
// family: flat
// about: Number of people the account employs.
// unit: people
// aggregate: latest
// empty: null
// monotone: none
// because: {value:whole} employees
// each: {x:whole}, known since {since:day}
// absent: The number of employees is not known.
MATCH (e)-[w:WITH]->(f:Account)<-[o:OF]-(h:Change) WHERE h.field = 'employees' AND h.number IS NOT NULL AND h.at <= as_of AND known(w, o)
RETURN h.id AS id, h.number AS x, h.at AS at, [e, f, h] AS nodes, [w, o] AS relationships, h.known_from AS since
