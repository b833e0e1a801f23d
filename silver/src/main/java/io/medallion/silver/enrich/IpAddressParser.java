package io.medallion.silver.enrich;

/**
 * Reads IP addresses without ever asking a name server, which the JDK's own parser does for what is
 * not one.
 */
public final class IpAddressParser {
  /** The most characters that an address has. */
  public static final int LONGEST = 45;

  private static final int GROUPS = 8;

  private IpAddressParser() {}

  /**
   * The bytes of an address: 4 for IPv4 and for IPv4 written as IPv6 ({@code ::ffff:192.0.2.1}), 16
   * for IPv6; null if the text is not exactly an address. Leading zeros in IPv4, zones, ports and
   * brackets are refused: their readers disagree on them.
   */
  public static byte[] parse(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    return text.indexOf(':') < 0 ? version4(text, 0) : version6(text);
  }

  private static byte[] version4(String text, int from) {
    byte[] address = new byte[4];
    int at = from;
    for (int part = 0; part < 4; part++) {
      int start = at;
      int value = 0;
      while (at < text.length() && at - start < 4 && isDigit(text.charAt(at))) {
        value = value * 10 + text.charAt(at++) - '0';
      }
      boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
      boolean separated =
          part == 3 ? at == text.length() : at < text.length() && text.charAt(at) == '.';
      if (at == start || value > 255 || leadingZero || !separated) {
        return null;
      }
      at++;
      address[part] = (byte) value;
    }
    return address;
  }

  private static byte[] version6(String text) {
    int[] groups = new int[GROUPS];
    int count = 0;
    int gap = -1;
    int at = 0;
    if (text.startsWith("::")) {
      gap = 0;
      at = 2;
    }
    while (at < text.length()) {
      int end = at;
      while (end < text.length()
          && Character.digit(text.charAt(end), 16) >= 0
          && text.charAt(end) < 128) {
        end++;
      }
      if (end < text.length() && text.charAt(end) == '.') {
        byte[] tail = version4(text, at);
        if (tail == null || count > GROUPS - 2) {
          return null;
        }
        groups[count++] = ((tail[0] & 0xFF) << 8) | (tail[1] & 0xFF);
        groups[count++] = ((tail[2] & 0xFF) << 8) | (tail[3] & 0xFF);
        at = text.length();
        break;
      }
      if (end == at || end - at > 4 || count == GROUPS) {
        return null;
      }
      groups[count++] = Integer.parseInt(text, at, end, 16);
      at = end;
      if (at == text.length()) {
        break;
      }
      if (text.charAt(at++) != ':' || at == text.length()) {
        return null;
      }
      if (text.charAt(at) == ':') {
        if (gap >= 0) {
          return null;
        }
        gap = count;
        at++;
      }
    }
    boolean complete = gap < 0 ? count == GROUPS : count < GROUPS;
    return complete ? version6(groups, count, gap) : null;
  }

  private static byte[] version6(int[] groups, int count, int gap) {
    byte[] address = new byte[16];
    for (int i = 0; i < count; i++) {
      int place = gap >= 0 && i >= gap ? GROUPS - count + i : i;
      address[2 * place] = (byte) (groups[i] >>> 8);
      address[2 * place + 1] = (byte) groups[i];
    }
    return isMappedVersion4(address)
        ? new byte[] {address[12], address[13], address[14], address[15]}
        : address;
  }

  private static boolean isMappedVersion4(byte[] address) {
    for (int i = 0; i < 10; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return address[10] == -1 && address[11] == -1;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /**
   * Whether an address belongs to no place: private, shared (carrier-grade NAT), loopback,
   * link-local, unique local and unspecified ones.
   */
  public static boolean isPrivate(byte[] address) {
    int a = address[0] & 0xFF;
    int b = address[1] & 0xFF;
    if (address.length == 4) {
      return a == 0
          || a == 10
          || a == 127
          || (a == 100 && b >= 64 && b < 128)
          || (a == 169 && b == 254)
          || (a == 172 && b >= 16 && b < 32)
          || (a == 192 && b == 168);
    }
    boolean uniqueLocal = (a & 0xFE) == 0xFC;
    boolean linkLocal = a == 0xFE && (b & 0xC0) == 0x80;
    return uniqueLocal || linkLocal || isUnspecifiedOrLoopback(address);
  }

  private static boolean isUnspecifiedOrLoopback(byte[] address) {
    for (int i = 0; i < 15; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return address[15] == 0 || address[15] == 1;
  }
}
