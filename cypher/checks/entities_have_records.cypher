// about: Every entity that is not closed rests on a record that resolved to it.
CALL () {
  MATCH (e:Account) RETURN e, 'Account' AS kind
  UNION ALL
  MATCH (e:Contact) RETURN e, 'Contact' AS kind
  UNION ALL
  MATCH (e:Lead) RETURN e, 'Lead' AS kind
  UNION ALL
  MATCH (e:Deal) RETURN e, 'Deal' AS kind
  UNION ALL
  MATCH (e:Outcome) RETURN e, 'Outcome' AS kind
  UNION ALL
  MATCH (e:Own) RETURN e, 'Own' AS kind
}
WITH e, kind
WHERE e.known_to IS NULL AND NOT EXISTS { (:Record)-[:RESOLVED_TO]->(e) }
RETURN e.id AS id, kind + ' without a record' AS found
