// about: The company's own declarations and queries that the graph is published with, as JSON of texts by path.
MATCH (w:Workspace {id: 'workspace'})
RETURN w.own AS own, w.own_digest AS digest
