// entity: deal
// family: engagement
// about: Meetings about this deal that are booked and still to come.
// unit: meetings
// aggregate: count
// empty: 0
// monotone: up
// because: {value:plural meeting meetings} booked (next on {at:day})
// each: Meeting booked for {at:day}: {subject}
// absent: No meeting is booked.
MATCH (e)<-[b:ABOUT]-(a:Activity) WHERE a.kind = 'meeting' AND a.at > as_of AND known(b)
RETURN a.id AS id, 1.0 AS x, a.at AS at, [e, a] AS nodes, [b] AS relationships, coalesce(told(a.subject), 'no subject') AS subject
