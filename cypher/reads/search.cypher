// about: Entities whose name holds a text, the shortest names first; people, and names that a person carries, only where personal data may be shown.
CALL () {
  MATCH (a:Account) WHERE 'ACCOUNT' IN $kinds AND toLower(seen(a.name)) CONTAINS $text RETURN a AS n, 'Account' AS label, a.name AS said
  UNION ALL
  MATCH (d:Deal) WHERE 'DEAL' IN $kinds AND toLower(seen(d.name)) CONTAINS $text RETURN d AS n, 'Deal' AS label, d.name AS said
  UNION ALL
  MATCH (c:Contact) WHERE 'CONTACT' IN $kinds AND toLower(seen(c.name)) CONTAINS $text RETURN c AS n, 'Contact' AS label, c.name AS said
  UNION ALL
  MATCH (l:Lead) WHERE 'LEAD' IN $kinds AND (toLower(seen(l.company)) CONTAINS $text OR toLower(seen(l.name)) CONTAINS $text)
  RETURN l AS n, 'Lead' AS label, coalesce(seen(l.name), l.company) AS said
}
WITH n, label, said
WHERE known(n)
WITH n, label, said ORDER BY size(coalesce(said, '')), said, n.id LIMIT $first
RETURN label, properties(n) AS row
