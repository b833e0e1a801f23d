package io.medallion.operations.proof;

/**
 * The questions over the views bronze, judged, silver, quarantine and verdicts. Each but the last
 * view finds what is wrong, one row a finding, in words.
 */
final class ProofSql {
  private static final String POSITION =
      "concat(topic, '-', partition, '@', offset, if(source_epoch = 0, '', concat(' epoch ',"
          + " source_epoch)))";

  /** How often each position stands in each table. */
  static final String VERDICTS =
      """
      select source_epoch, topic, partition, offset,
             sum(b) as bronze_rows, sum(s) as silver_rows, sum(q) as quarantine_rows
      from (select source_epoch, topic, partition, offset, 1 as b, 0 as s, 0 as q from bronze
            union all
            select source_epoch, topic, partition, offset, 0, 1, 0 from silver
            union all
            select source_epoch, topic, partition, offset, 0, 0, 1 from quarantine)
      group by source_epoch, topic, partition, offset
      """;

  static final String TWICE =
      "select concat("
          + POSITION
          + ", ' stands ', bronze_rows, ' times in bronze') as finding from verdicts"
          + " where bronze_rows > 1";

  /** A row in neither table is a duplicate only if silver holds an equal event from before it. */
  static final String UNACCOUNTED =
      "select concat("
          + POSITION
          + ", ': ', bronze_rows, ' bronze, ', silver_rows, ' silver, ', quarantine_rows,"
          + " ' quarantine rows') as finding from verdicts"
          + " where silver_rows + quarantine_rows > 1"
          + " or (bronze_rows = 0 and silver_rows + quarantine_rows > 0)"
          + " union all select concat("
          + POSITION
          + ", ' is in neither silver nor quarantine and no copy of an earlier event') as finding"
          + " from (select j.* from judged j join verdicts v"
          + " using (source_epoch, topic, partition, offset)"
          + " where v.silver_rows + v.quarantine_rows = 0) j"
          + " where not exists (select 1 from silver s where s.event_id = j.event_id"
          + " and unix_micros(s.event_time) = j.event_micros and s.fingerprint = j.fingerprint"
          + " and struct(s.seq, s.topic, s.partition, s.offset)"
          + " < struct(j.seq, j.topic, j.partition, j.offset))";

  static final String SAME_EVENT =
      "select concat('event ', event_id, ' of ', event_time, ' stands ', count(*), ' times in"
          + " silver') as finding from silver group by event_id, event_time having count(*) > 1";

  /** Rows judged by other rules than today's may rightly differ. */
  static final String ALTERED =
      "select concat("
          + POSITION
          + ", ': silver differs from what the bytes say') as finding"
          + " from silver s join judged j using (source_epoch, topic, partition, offset)"
          + " where s.rules_version = j.rules_version and not ("
          + "s.seq = j.seq and s.event_id <=> j.event_id"
          + " and unix_micros(s.event_time) <=> j.event_micros"
          + " and s.fingerprint <=> j.fingerprint and s.event_type <=> j.event_type"
          + " and s.visitor <=> j.visitor and s.user_id <=> j.user_id"
          + " and s.anonymous_id <=> j.anonymous_id and s.session_id <=> j.session_id"
          + " and s.page <=> j.page and s.product_id <=> j.product_id"
          + " and s.price <=> j.price and s.quantity <=> j.quantity"
          + " and s.currency <=> j.currency and s.event_date <=> cast(s.event_time as date))";

  static final String OTHER_BYTES =
      "select concat("
          + POSITION
          + ", ': quarantine has other bytes than bronze') as finding"
          + " from quarantine q join bronze b using (source_epoch, topic, partition, offset)"
          + " where not (q.value <=> b.value)";

  private ProofSql() {}
}
