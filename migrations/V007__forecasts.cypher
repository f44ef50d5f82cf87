// Forecasts that were said, read by period and moment.
CREATE CONSTRAINT forecast_id IF NOT EXISTS FOR (n:`Forecast`) REQUIRE n.id IS UNIQUE;
CREATE INDEX forecast_name_period_as_of IF NOT EXISTS FOR (n:`Forecast`) ON (n.`name`, n.`period`, n.`as_of`);
