// The queue of pairs that are worth a person's look, read in the order of its score.
CREATE CONSTRAINT review_id IF NOT EXISTS FOR (n:`Review`) REQUIRE n.id IS UNIQUE;
CREATE INDEX review_score_id IF NOT EXISTS FOR (n:`Review`) ON (n.`score`, n.`id`);
