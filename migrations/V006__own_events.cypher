// Ids of accounts on what activities are about, and the index that gives an account's newest activities.
MATCH (:`Activity`)-[r:`ABOUT`]->(n:`Account`) WHERE r.end_id IS NULL
CALL (r, n) { SET r.end_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
CREATE INDEX about_rel_end_id_newest IF NOT EXISTS FOR ()-[n:`ABOUT`]-() ON (n.`end_id`, n.`known_from`, n.`id`);
CALL db.awaitIndexes(3600);
