// entity: account
// family: buying center
// about: People known to work at the account.
// unit: people
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 200
// because: {value:plural person people} known there
// each: {contact}, {title}
// absent: Nobody is known to work there.
newest((e)<-[j:WORKS_AT]-(c:Contact))
WITH e, as_of, j, c WHERE current(j)
RETURN j.id AS id, c.id AS x, j.from AS at, [e, c] AS nodes, [j] AS relationships, told(c.name) AS contact, coalesce(told(j.title), 'no title') AS title
