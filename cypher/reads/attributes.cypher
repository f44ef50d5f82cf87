// about: The columns of the user's own that the graph knows, by kind and name.
MATCH (a:Attribute)
WITH a ORDER BY a.kind, a.name, a.id
RETURN properties(a) AS row
