// entity: seat
// family: engagement
// about: Meetings about the deal in the last 90 days in which the person took part.
// unit: meetings
// aggregate: count
// empty: 0
// monotone: up
// window: 90 days
// because: {value:plural meeting meetings} with {contact} in the last 90 days
// each: Meeting on {at:day}: {subject}
// absent: No meeting with this person in the last 90 days.
MATCH (e)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(second:Contact)
WHERE a.kind = 'meeting' AND a.at > before(90) AND a.at <= as_of AND known(b, t)
RETURN a.id AS id, 1.0 AS x, a.at AS at, [e, a, second] AS nodes, [b, t] AS relationships, told(second.name) AS contact,
  coalesce(told(a.subject), 'no subject') AS subject
