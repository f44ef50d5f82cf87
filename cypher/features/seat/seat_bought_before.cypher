// entity: seat
// family: contact history
// about: Won deals of before in which the person had a role, here or elsewhere.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 100
// because: {contact} was part of {value:plural won won} deals before ({deal:list})
// each: {deal}, won on {at:day}
// absent: The person is not known from a won deal.
MATCH (second:Contact)
newest((second)-[q:PLAYS]->(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, second, q, d, z, o, as_of WHERE o.result = 'won' AND d.id <> e.id
RETURN q.id AS id, d.id AS x, o.at AS at, [second, d, o] AS nodes, [q, z] AS relationships, told(second.name) AS contact, told(d.name) AS deal
