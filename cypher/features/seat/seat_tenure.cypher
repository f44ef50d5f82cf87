// entity: seat
// family: contact history
// about: Days in the present job; the shortest where there are several.
// unit: days
// aggregate: min
// empty: null
// monotone: none
// because: {contact} has worked there for {value:whole} days
// each: At {account} since {at:day}
// absent: Since when the person works there is not known.
MATCH (second:Contact)-[j:WORKS_AT]->(f:Account) WHERE current(j) AND known(j)
RETURN j.id AS id, days(j.from, as_of) AS x, j.from AS at, [second, f] AS nodes, [j] AS relationships, told(second.name) AS contact, told(f.name) AS account
