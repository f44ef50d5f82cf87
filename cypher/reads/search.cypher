// about: Entities whose name holds a text, the shortest names first; people only where personal data may be shown.
CALL () {
  MATCH (n:Account) WHERE 'ACCOUNT' IN $kinds AND toLower(n.name) CONTAINS $text RETURN n, 'Account' AS label
  UNION ALL
  MATCH (n:Deal) WHERE 'DEAL' IN $kinds AND toLower(n.name) CONTAINS $text RETURN n, 'Deal' AS label
  UNION ALL
  MATCH (n:Contact) WHERE 'CONTACT' IN $kinds AND toLower(n.name) CONTAINS $text RETURN n, 'Contact' AS label
  UNION ALL
  MATCH (n:Lead) WHERE 'LEAD' IN $kinds AND (toLower(n.company) CONTAINS $text OR ($personal AND toLower(n.name) CONTAINS $text)) RETURN n, 'Lead' AS label
}
WITH n, label
WHERE known(n)
WITH n, label ORDER BY size(coalesce(n.name, n.company, '')), n.name, n.id LIMIT $first
RETURN label, properties(n) AS row
