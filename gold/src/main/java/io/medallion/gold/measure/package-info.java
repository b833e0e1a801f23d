/**
 * What a mart can count: each measure with its partial form made in Spark, its merge in SQL, and
 * its result. Commutative and associative, all of them.
 */
package io.medallion.gold.measure;
