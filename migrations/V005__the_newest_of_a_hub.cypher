// Ids of hubs on their relationships, and indexes that give a hub's newest ones without reading the rest.
MATCH (:`Contact`)-[r:`WORKS_AT`]->(n:`Account`) WHERE r.end_id IS NULL
CALL (r, n) { SET r.end_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (n:`Account`)-[r:`SUBSIDIARY_OF`]->(:`Account`) WHERE r.start_id IS NULL
CALL (r, n) { SET r.start_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (:`Account`)-[r:`SUBSIDIARY_OF`]->(n:`Account`) WHERE r.end_id IS NULL
CALL (r, n) { SET r.end_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (n:`Account`)-[r:`PARTNERS_WITH`]->(:`Account`) WHERE r.start_id IS NULL
CALL (r, n) { SET r.start_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (:`Account`)-[r:`PARTNERS_WITH`]->(n:`Account`) WHERE r.end_id IS NULL
CALL (r, n) { SET r.end_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (n:`Account`)-[r:`OWNED_BY`]->(:`Account`) WHERE r.start_id IS NULL
CALL (r, n) { SET r.start_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (:`Account`)-[r:`OWNED_BY`]->(n:`Account`) WHERE r.end_id IS NULL
CALL (r, n) { SET r.end_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (:`Deal`)-[r:`WITH`]->(n:`Account`) WHERE r.end_id IS NULL
CALL (r, n) { SET r.end_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (n:`Contact`)-[r:`PLAYS`]->(:`Deal`) WHERE r.start_id IS NULL
CALL (r, n) { SET r.start_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (n:`Contact`)-[r:`TOOK_PART_IN`]->(:`Activity`) WHERE r.start_id IS NULL
CALL (r, n) { SET r.start_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
MATCH (:`Ticket`)-[r:`RAISED_BY`]->(n:`Account`) WHERE r.end_id IS NULL
CALL (r, n) { SET r.end_id = n.id } IN TRANSACTIONS OF 5000 ROWS;
CREATE INDEX works_at_rel_end_id_newest IF NOT EXISTS FOR ()-[n:`WORKS_AT`]-() ON (n.`end_id`, n.`known_from`, n.`id`);
CREATE INDEX subsidiary_of_rel_start_id_newest IF NOT EXISTS FOR ()-[n:`SUBSIDIARY_OF`]-() ON (n.`start_id`, n.`known_from`, n.`id`);
CREATE INDEX subsidiary_of_rel_end_id_newest IF NOT EXISTS FOR ()-[n:`SUBSIDIARY_OF`]-() ON (n.`end_id`, n.`known_from`, n.`id`);
CREATE INDEX partners_with_rel_start_id_newest IF NOT EXISTS FOR ()-[n:`PARTNERS_WITH`]-() ON (n.`start_id`, n.`known_from`, n.`id`);
CREATE INDEX partners_with_rel_end_id_newest IF NOT EXISTS FOR ()-[n:`PARTNERS_WITH`]-() ON (n.`end_id`, n.`known_from`, n.`id`);
CREATE INDEX owned_by_rel_start_id_newest IF NOT EXISTS FOR ()-[n:`OWNED_BY`]-() ON (n.`start_id`, n.`known_from`, n.`id`);
CREATE INDEX owned_by_rel_end_id_newest IF NOT EXISTS FOR ()-[n:`OWNED_BY`]-() ON (n.`end_id`, n.`known_from`, n.`id`);
CREATE INDEX with_rel_end_id_newest IF NOT EXISTS FOR ()-[n:`WITH`]-() ON (n.`end_id`, n.`known_from`, n.`id`);
CREATE INDEX plays_rel_start_id_newest IF NOT EXISTS FOR ()-[n:`PLAYS`]-() ON (n.`start_id`, n.`known_from`, n.`id`);
CREATE INDEX took_part_in_rel_start_id_newest IF NOT EXISTS FOR ()-[n:`TOOK_PART_IN`]-() ON (n.`start_id`, n.`known_from`, n.`id`);
CREATE INDEX raised_by_rel_end_id_newest IF NOT EXISTS FOR ()-[n:`RAISED_BY`]-() ON (n.`end_id`, n.`known_from`, n.`id`);
// Nothing begins at these; with them a plan may read all activities of a month for each deal.
DROP INDEX activity_at IF EXISTS;
DROP INDEX outcome_at IF EXISTS;
CALL db.awaitIndexes(3600);
