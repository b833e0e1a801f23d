package io.medallion.common.event;

import io.medallion.common.contract.ValueRules.Address;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes one address of what proxies write: a list, each with a port, brackets or a zone, or the
 * elements of a {@code Forwarded} header (RFC 7239).
 */
final class AddressList {
  private static final String FOR = "for=";

  private AddressList() {}

  /** The address that counts; null if there are not so many. */
  static String choose(String list, Address which) {
    List<String> all = new ArrayList<>();
    for (String one : list.split(",", -1)) {
      if (!one.isBlank()) {
        all.add(bare(one.strip()));
      }
    }
    int at = which.fromEnd() == 0 ? 0 : all.size() - which.fromEnd();
    return at >= 0 && at < all.size() ? all.get(at) : null;
  }

  /** Without anything around it. */
  private static String bare(String written) {
    String address = written;
    for (String part : written.split(";", -1)) {
      if (part.strip().regionMatches(true, 0, FOR, 0, FOR.length())) {
        address = part.strip().substring(FOR.length());
      }
    }
    address = address.replace("\"", "").strip();
    if (address.startsWith("[") && address.indexOf(']') > 0) {
      address = address.substring(1, address.indexOf(']'));
    } else if (address.indexOf(':') >= 0 && address.indexOf(':') == address.lastIndexOf(':')) {
      address = address.substring(0, address.indexOf(':'));
    }
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }
}
