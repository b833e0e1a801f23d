/** What each layer has done, as gold writes it to {@code gold.layer_status} with each merge. */
package io.medallion.gold.status;
