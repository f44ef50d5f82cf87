// Values of columns of the user's own, and what each of these columns is.
CREATE CONSTRAINT attributes_id IF NOT EXISTS FOR (n:`Attributes`) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT attribute_id IF NOT EXISTS FOR (n:`Attribute`) REQUIRE n.id IS UNIQUE;
