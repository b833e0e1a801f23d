-- Whether gold has made its tables, asked so that a "no" is no error in Postgres's log.
SELECT to_regclass('gold.observed_layer_status')::text
