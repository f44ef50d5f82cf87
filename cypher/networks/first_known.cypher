// about: The earliest knowledge time of deals and leads: the first month for which figures are worth having.
CALL () {
  MATCH (d:Deal) RETURN min(d.known_from) AS first
UNION ALL
  MATCH (l:Lead) RETURN min(l.known_from) AS first
}
RETURN min(first) AS first
