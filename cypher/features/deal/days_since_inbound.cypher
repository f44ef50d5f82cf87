// entity: deal
// family: engagement
// about: Days since they last wrote, called or asked for a meeting; since the deal was opened while they never did.
// unit: days
// aggregate: days_since
// empty: null
// monotone: down
// because: {value:whole} days since {kind} ({at:day})
// each: {kind} on {at:day}
// absent: They have never come to us, and when the deal was opened is not known.
CALL (e, as_of) {
  MATCH (e)<-[b:ABOUT]-(a:Activity)
  WHERE a.direction = 'inbound' AND a.at <= as_of AND a.kind IN ['mail', 'call', 'meeting'] AND known(b)
  RETURN a.id AS id, a.at AS at, path([e, a]) AS nodes, path([b]) AS relationships, 'their last ' + a.kind AS kind
UNION ALL
  WITH e AS d WHERE d.opened_at <= as_of
  RETURN d.id AS id, d.opened_at AS at, path([d]) AS nodes, path([]) AS relationships, 'the opening, with no word from them' AS kind
}
RETURN id, 1.0 AS x, at, nodes, relationships, kind
