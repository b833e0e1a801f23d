package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.IpPolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressParserTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "255.255.255.255",
        "192.0.2.1",
        "::",
        "::1",
        "1::",
        "2001:db8::1",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "::ffff:192.0.2.1",
        "::FFFF:c000:201",
        "64:ff9b::192.0.2.1"
      })
  void literalsAreReadAsTheJdkReadsThem(String text) throws UnknownHostException {
    assertThat(IpAddressParser.parse(text)).isEqualTo(InetAddress.getByName(text).getAddress());
  }

  @Test
  void randomVersion6AddressesComeBack() throws UnknownHostException {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 2_000; i++) {
      byte[] address = new byte[16];
      for (int j = 0; j < 16; j++) {
        address[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
      }
      InetAddress inet = InetAddress.getByAddress(address);
      assertThat(IpAddressParser.parse(inet.getHostAddress())).isEqualTo(inet.getAddress());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.-4",
        "01.2.3.4",
        "1.2.3.4 ",
        "1..2.3",
        "1.2.3.4:80",
        "16909060",
        "0x7f.1.1.1",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "g::",
        "fe80::1%eth0",
        "[::1]",
        "::1.2.3",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:",
        ":1",
        "٣.1.1.1",
        "http://1.2.3.4/"
      })
  void everythingElseIsNone(String text) {
    assertThat(IpAddressParser.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "9.255.255.255, false",
    "10.0.0.0, true",
    "10.255.255.255, true",
    "11.0.0.0, false",
    "172.15.255.255, false",
    "172.16.0.0, true",
    "172.31.255.255, true",
    "172.32.0.0, false",
    "192.167.255.255, false",
    "192.168.0.0, true",
    "192.169.0.0, false",
    "100.63.255.255, false",
    "100.64.0.0, true",
    "100.127.255.255, true",
    "100.128.0.0, false",
    "169.254.0.1, true",
    "169.253.0.1, false",
    "127.0.0.1, true",
    "0.0.0.0, true",
    "::, true",
    "::1, true",
    "::2, false",
    "fc00::, true",
    "fdff::, true",
    "fe00::, false",
    "fe80::1, true",
    "febf::1, true",
    "fec0::1, false",
    "::ffff:10.0.0.1, true"
  })
  void privateRangesEndWhereTheyEnd(String text, boolean isPrivate) {
    assertThat(IpAddressParser.isPrivate(IpAddressParser.parse(text))).isEqualTo(isPrivate);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "KEEP, 203.0.113.9, 203.0.113.9",
        "KEEP, nonsense, nonsense",
        "TRUNCATE, 203.0.113.9, 203.0.113.0",
        "TRUNCATE, ::ffff:203.0.113.9, 203.0.113.0",
        "TRUNCATE, 2001:db8:1:2:3:4:5:6, 2001:db8:1::",
        "TRUNCATE, 2001:db8::5, 2001:db8::",
        "TRUNCATE, 2001:0:1::5, 2001:0:1::",
        "TRUNCATE, ::5, ::",
        "TRUNCATE, nonsense, none",
        "TRUNCATE, none, none",
        "DROP, 203.0.113.9, none"
      })
  void thePolicySaysWhatIsKept(IpPolicy policy, String address, String kept) {
    assertThat(IpAnonymizer.of(policy, address)).isEqualTo(kept);
  }
}
