package io.medallion.silver.dedup;

import io.medallion.common.contract.IdentityRules;
import io.medallion.lakehouse.parquet.IdentityHash;
import io.medallion.lakehouse.schema.IdentityKind;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * When records of one id are one event.
 *
 * @param kind whether the time is a part of what is looked up by its hash
 * @param reachMicros how far apart the times of a copy and of its event may be; zero: not at all
 */
public record IdentityRule(IdentityKind kind, long reachMicros) implements Serializable {
  /** An event is its id and its time. */
  public static final IdentityRule ID_AND_TIME = of(IdentityRules.ID_AND_TIME);

  /** The one that a contract asks for. */
  public static IdentityRule of(IdentityRules rules) {
    return new IdentityRule(
        rules.isIdAlone() ? IdentityKind.ID : IdentityKind.ID_AND_TIME,
        ChronoUnit.MICROS.between(Instant.EPOCH, Instant.EPOCH.plus(rules.within())));
  }

  /** Whether times may differ. */
  public boolean isIdAlone() {
    return reachMicros > 0;
  }

  /** 64 bits of an identity: equal in copies of one event, and almost never else. */
  long hash(UTF8String eventId, long timeMicros) {
    return IdentityHash.of(kind, eventId, timeMicros);
  }

  long hash(Identity identity) {
    return hash(UTF8String.fromString(identity.eventId()), identity.timeMicros());
  }
}
