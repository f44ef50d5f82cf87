// entity: account
// family: engagement
// about: Meetings, calls, mails, forms and visits about the account or its leads, newer ones weighing more: halved every 30 days.
// unit: activities
// aggregate: decayed_sum 30
// empty: 0
// monotone: up
// newest: 200
// because: {count:plural activity activities}, the last on {at:day} ({kind})
// each: {kind} on {at:day}
// absent: Nothing has happened with the account.
CALL (e, as_of) {
  newest((e)<-[b:ABOUT]-(a:Activity))
  RETURN b.id AS id, a, path([e, a]) AS nodes, path([b]) AS relationships
UNION ALL
  MATCH (e)<-[l:AT]-(x:Lead)<-[b:ABOUT]-(a:Activity) WHERE known(l, b)
  RETURN l.id + '|' + b.id AS id, a, path([e, x, a]) AS nodes, path([l, b]) AS relationships
}
WITH as_of, id, a, nodes, relationships WHERE a.at <= as_of
RETURN id, 1.0 AS x, a.at AS at, nodes, relationships, replace(a.kind, '_', ' ') AS kind
