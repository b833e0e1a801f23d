package io.medallion.common.event;

/**
 * One reason why an event is in quarantine.
 *
 * @param code what kind
 * @param field the contract's name of the field, or the producer's own where the contract does not
 *     know it; null if the event as a whole is meant. Shortened, free of characters that Postgres
 *     refuses
 * @param message a sentence for people, with an excerpt of the value; no longer than a few hundred
 *     characters
 */
public record Reason(ReasonCode code, String field, String message) {}
