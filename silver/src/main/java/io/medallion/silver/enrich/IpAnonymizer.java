package io.medallion.silver.enrich;

import io.medallion.common.config.IpPolicy;

/** What silver keeps of an address, once it has been located. */
public final class IpAnonymizer {
  private IpAnonymizer() {}

  /**
   * The text to store.
   *
   * @param address as the producer sent it, may be null
   * @return null if nothing is kept; with {@link IpPolicy#TRUNCATE} also for what is no address,
   *     since it may hold one
   */
  public static String of(IpPolicy policy, String address) {
    if (address == null) {
      return null;
    }
    return switch (policy) {
      case KEEP -> address;
      case TRUNCATE -> network(address);
      case DROP -> null;
    };
  }

  private static String network(String text) {
    byte[] address = IpAddressParser.parse(text);
    if (address == null) {
      return null;
    }
    if (address.length == 4) {
      return (address[0] & 0xFF) + "." + (address[1] & 0xFF) + "." + (address[2] & 0xFF) + ".0";
    }
    int[] groups = {group(address, 0), group(address, 1), group(address, 2)};
    int count = groups[2] != 0 ? 3 : groups[1] != 0 ? 2 : groups[0] != 0 ? 1 : 0;
    StringBuilder network = new StringBuilder();
    for (int i = 0; i < count; i++) {
      network.append(i > 0 ? ":" : "").append(Integer.toHexString(groups[i]));
    }
    return network.append("::").toString();
  }

  private static int group(byte[] address, int i) {
    return ((address[2 * i] & 0xFF) << 8) | (address[2 * i + 1] & 0xFF);
  }
}
