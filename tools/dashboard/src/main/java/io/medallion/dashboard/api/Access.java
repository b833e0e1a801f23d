package io.medallion.dashboard.api;

import com.sun.net.httpserver.Headers;
import io.medallion.common.AccessTokens;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.util.Optional;

/**
 * Who may read numbers here, and of which site: on this machine everybody all of them, from others
 * whoever has a token.
 *
 * @param local whether only this machine can ask
 * @param tokens of the others
 */
public record Access(boolean local, AccessTokens tokens) {

  /**
   * As configured.
   *
   * @param local whether only this machine can ask, so that nobody needs a token
   * @throws io.medallion.common.error.MedallionException if the tokens cannot be read
   */
  public static Access of(Configuration configuration, boolean local) {
    return new Access(local, AccessTokens.of(configuration, Keys.DASHBOARD_TOKENS));
  }

  /**
   * The only site that a request may be shown; empty for all.
   *
   * @throws ApiException if it may be shown nothing
   */
  public Optional<String> site(Headers request) throws ApiException {
    if (local) {
      return Optional.empty();
    }
    return tokens
        .admit(request.getFirst("Authorization"))
        .orElseThrow(
            () ->
                new ApiException(
                    401,
                    "A token is needed",
                    tokens.isEmpty()
                        ? "Whoever runs this has to set dashboard.tokens."
                        : "Send the header Authorization: Bearer TOKEN."))
        .site();
  }
}
