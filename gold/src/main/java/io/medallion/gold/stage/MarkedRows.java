package io.medallion.gold.stage;

import io.medallion.gold.mart.Key;
import io.medallion.gold.mart.SilverEvent;
import io.medallion.gold.mart.Stitching;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Rows of silver whose visitor is the best id of the event, marked by what that is. Not
 * thread-safe.
 */
final class MarkedRows {
  private final Stitching stitching;
  private final Object[] visitor = new Object[1];
  private final JoinedRow row = new JoinedRow();
  private final GenericInternalRow added = new GenericInternalRow(visitor);
  private SilverEvent own;
  private UTF8String storedSite;
  private String site = Key.of(null);

  MarkedRows(Stitching stitching) {
    this.stitching = stitching;
  }

  /** The event of a row as it is counted until a merge knows whose it is. */
  SilverEvent event(InternalRow silver) {
    own = SilverRows.event(silver, site(SilverRows.site(silver)));
    return stitching.marked(own);
  }

  /** As a key; mostly the one of the row before. */
  private String site(UTF8String stored) {
    if (!Objects.equals(stored, storedSite)) {
      storedSite = stored == null ? null : stored.copy();
      site = Key.of(stored == null ? null : stored.toString());
    }
    return site;
  }

  /**
   * The row that goes with it.
   *
   * @param silver the row that {@link #event} was called with last
   * @param event what it returned
   * @return a row with the columns of {@link SilverRows#withVisitor}, valid until the next call
   */
  InternalRow row(InternalRow silver, SilverEvent event) {
    if (!stitching.on()) {
      return silver;
    }
    visitor[0] =
        event.visitor().equals(own.visitor())
            ? SilverRows.visitor(silver)
            : UTF8String.fromString(event.visitor());
    return row.apply(silver, added);
  }
}
