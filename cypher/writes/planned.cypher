// about: Remember how much the graph held when Neo4j planned its queries anew.
MATCH (w:Workspace {id: 'workspace'})
SET w.planned_for = $size
RETURN w.planned_for AS planned_for
