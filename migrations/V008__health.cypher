// What was found wrong with scores, read by score and moment.
CREATE CONSTRAINT healthevent_id IF NOT EXISTS FOR (n:`HealthEvent`) REQUIRE n.id IS UNIQUE;
CREATE INDEX healthevent_name_at IF NOT EXISTS FOR (n:`HealthEvent`) ON (n.`name`, n.`at`);
