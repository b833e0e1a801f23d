package io.medallion.e2e.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a process listens, as the Linux kernel tells. */
final class ListeningSockets {
  private static final String LISTENING = "0A";
  private static final int ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private ListeningSockets() {}

  static List<InetSocketAddress> of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    Set<String> own;
    try (Stream<Path> files = Files.list(process.resolve("fd"))) {
      own = files.map(ListeningSockets::target).collect(Collectors.toSet());
    }
    return Stream.of("net/tcp", "net/tcp6")
        .map(process::resolve)
        .flatMap(ListeningSockets::lines)
        .map(line -> line.strip().split("\\s+", -1))
        .filter(fields -> fields[STATE].equals(LISTENING))
        .filter(fields -> own.contains("socket:[" + fields[INODE] + "]"))
        .map(fields -> address(fields[ADDRESS]))
        .toList();
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (NoSuchFileException e) {
      return "closed meanwhile";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the heading. */
  private static Stream<String> lines(Path table) {
    try {
      return Files.readAllLines(table).stream().skip(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of each word of an address stand in reverse. */
  private static InetSocketAddress address(String text) {
    String[] parts = text.split(":", -1);
    byte[] told = HexFormat.of().parseHex(parts[0]);
    byte[] address = new byte[told.length];
    for (int i = 0; i < told.length; i++) {
      address[i] = told[(i & ~3) + 3 - (i & 3)];
    }
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(address), Integer.parseInt(parts[1], 16));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
