-- What each mart's rows were made with.
SELECT mart, definition FROM gold.definitions
