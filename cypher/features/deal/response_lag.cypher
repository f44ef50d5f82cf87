// entity: deal
// family: engagement
// about: Median hours until they answered a mail of ours, over the last 180 days.
// unit: hours
// aggregate: median
// empty: null
// monotone: down
// window: 180 days
// because: They answer our mails within {value:whole} hours at the median
// each: Answer after {x:whole} hours on {at:day}
// absent: They have answered no mail of ours in the last 180 days.
CALL (e, as_of) {
  MATCH (e)<-[b:ABOUT]-(a:Activity)
  WHERE a.kind = 'mail' AND a.direction IN ['inbound', 'outbound'] AND a.at > before(180) AND a.at <= as_of AND known(b)
  WITH b, a ORDER BY a.at, a.id
  RETURN collect(a) AS mails, collect(b) AS abouts
}
UNWIND range(1, size(mails) - 1) AS k
WITH mails[k - 1] AS sent, mails[k] AS answer, abouts[k - 1] AS b, abouts[k] AS c
WHERE sent.direction = 'outbound' AND answer.direction = 'inbound'
RETURN answer.id AS id, days(sent.at, answer.at) * 24 AS x, answer.at AS at, [sent, e, answer] AS nodes, [b, c] AS relationships
