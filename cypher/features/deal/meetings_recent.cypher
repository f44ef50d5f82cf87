// entity: deal
// family: engagement
// about: Meetings about this deal in the last 30 days.
// unit: meetings
// aggregate: count
// empty: 0
// monotone: up
// window: 30 days
// because: {value:plural meeting meetings} in the last 30 days
// each: Meeting on {at:day}: {subject}
// absent: No meeting in the last 30 days.
MATCH (e)<-[b:ABOUT]-(a:Activity) WHERE a.kind = 'meeting' AND a.at > before(30) AND a.at <= as_of AND known(b)
RETURN a.id AS id, 1.0 AS x, a.at AS at, [e, a] AS nodes, [b] AS relationships, coalesce(told(a.subject), 'no subject') AS subject
