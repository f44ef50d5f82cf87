// entity: lead
// family: engagement
// about: What the lead did, newer things weighing more: a form 3, a meeting 4, an inbound mail 3, a call or event 2,
//     a click or visit 1, an opened mail 0.3; halved every 30 days.
// unit: points
// aggregate: decayed_sum 30
// empty: 0
// monotone: up
// because: {count} signals of interest (last: {kind} on {at:day})
// each: {kind} on {at:day}
// absent: The lead has shown no activity.
MATCH (e)<-[b:ABOUT]-(a:Activity) WHERE a.at <= as_of AND known(b)
RETURN a.id AS id, CASE WHEN a.kind = 'meeting' THEN 4.0 WHEN a.kind = 'form' THEN 3.0
    WHEN a.kind = 'mail' AND a.direction = 'inbound' THEN 3.0 WHEN a.kind IN ['call', 'event'] THEN 2.0
    WHEN a.kind IN ['mail_click', 'web_visit'] THEN 1.0 WHEN a.kind = 'mail_open' THEN 0.3 ELSE 0.1 END AS x,
  a.at AS at, [e, a] AS nodes, [b] AS relationships, replace(a.kind, '_', ' ') AS kind
