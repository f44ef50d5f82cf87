// entity: seat
// family: network
// about: Other people who took part with this person in a mail, call or meeting about the deal.
// unit: people
// aggregate: distinct
// empty: 0
// monotone: up
// because: {contact} met us together with {value:plural other others} ({other:list})
// each: With {other} on {at:day}
// absent: The person was never with others in what happened on this deal.
MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(second:Contact)
WHERE a.kind IN ['mail', 'call', 'meeting'] AND a.at <= as_of AND known(b, t)
CALL (a, as_of, second) {
  MATCH (a)<-[u:TOOK_PART_IN]-(o:Contact) WHERE o.id <> second.id AND known(u)
  RETURN o, u ORDER BY o.id, u.id LIMIT 20
}
RETURN t.id + '|' + u.id AS id, o.id AS x, a.at AS at, [e, a, second, o] AS nodes, [b, t, u] AS relationships, told(second.name) AS contact,
  told(o.name) AS other
