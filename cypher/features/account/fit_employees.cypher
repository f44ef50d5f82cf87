// entity: account
// family: flat
// about: Number of people who work at the account.
// unit: people
// aggregate: latest
// empty: null
// monotone: none
// because: {value:whole} people work there, known since {at:day}
// each: {x}, known since {since:day}
// absent: The number of employees is not known.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'employees' AND h.number IS NOT NULL AND h.at <= as_of AND known(o)
RETURN h.id AS id, h.number AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships, h.known_from AS since
