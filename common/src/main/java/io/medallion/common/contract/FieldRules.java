package io.medallion.common.contract;

import java.io.Serializable;
import java.util.List;

/**
 * How a producer gives a field of the event contract.
 *
 * @param field the contract's name of it, or that of a campaign's column
 * @param from where it is in the event, before our own names; empty if under those alone
 * @param values how its values are written
 * @param place where it is declared; {@link Place#NOWHERE} if only a rule for all speaks of it
 */
public record FieldRules(String field, List<JsonPath> from, ValueRules values, Place place)
    implements Serializable {
  /** The columns of a campaign, which a page's address names if no field does. */
  public static final List<String> CAMPAIGN =
      List.of("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content");

  /** Copies the paths. */
  public FieldRules {
    from = List.copyOf(from);
  }

  /** Whether it is a campaign's. */
  public boolean isCampaign() {
    return CAMPAIGN.contains(field);
  }
}
