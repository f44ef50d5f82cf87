// about: At any moment one figure holds for each name and group of a norm.
MATCH (n:Norm)
MATCH (m:Norm {name: n.name, group: n.group})
WHERE n.id < m.id AND n.known_from < coalesce(m.known_to, m.known_from + duration({seconds: 1}))
  AND m.known_from < coalesce(n.known_to, n.known_from + duration({seconds: 1}))
RETURN n.id AS id, 'holds beside ' + m.id AS found
