// about: When what features read came to be known in the year before a moment: for each kind of event and each day, how
//     many rows and the newest of them.
CALL () {
  MATCH (a:Activity) WHERE a.at > $since AND a.at <= $as_of AND known(a)
  RETURN 'Activity' AS label, coalesce(a.event_key, a.kind) AS kind, a.at AS at, a.known_from AS heard
UNION ALL
  MATCH (u:Usage) WHERE u.week > $since AND u.week <= $as_of AND known(u)
  RETURN 'Usage' AS label, 'usage' AS kind, u.week AS at, u.known_from AS heard
UNION ALL
  MATCH (t:Ticket) WHERE t.opened_at > $since AND t.opened_at <= $as_of AND known(t)
  RETURN 'Ticket' AS label, 'ticket' AS kind, t.opened_at AS at, t.known_from AS heard
UNION ALL
  MATCH (:Deal)-[n:ENTERED]->(:Stage) WHERE n.at > $since AND n.at <= $as_of AND known(n)
  RETURN 'ENTERED' AS label, 'stage' AS kind, n.at AS at, n.known_from AS heard
UNION ALL
  MATCH (h:Change) WHERE h.at > $since AND h.at <= $as_of AND known(h)
  RETURN 'Change' AS label, 'change' AS kind, h.at AS at, h.known_from AS heard
UNION ALL
  MATCH (o:Outcome) WHERE o.at > $since AND o.at <= $as_of AND known(o)
  RETURN 'Outcome' AS label, 'outcome' AS kind, o.at AS at, o.known_from AS heard
}
WITH label, kind, datetime.truncate('day', CASE WHEN heard > at THEN heard ELSE at END) AS day, at
RETURN label, coalesce(kind, 'unknown') AS kind, day, count(*) AS rows, max(at) AS newest ORDER BY label, kind, day
