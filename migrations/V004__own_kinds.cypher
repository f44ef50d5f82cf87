// Nodes of kinds that a company declares itself carry the label Own beside their own, so that one read finds them all.
CREATE CONSTRAINT own_id IF NOT EXISTS FOR (n:`Own`) REQUIRE n.id IS UNIQUE;
