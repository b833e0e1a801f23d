package io.medallion.silver.enrich;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes a MaxMind database of IPv4 addresses by hand, so that it can be wrong in any way. Its tree
 * has records of 24 bits; unless told otherwise it has one node, whose left side leads to the first
 * value of the data, and whose right side to nothing.
 */
final class MmdbBuilder {
  private static final Instant BUILD = Instant.parse("2026-01-01T00:00:00Z");

  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private long[] tree = {17, 1};
  private byte[] metadata = metadata(1, 24, 4, BUILD);
  private byte[] end = {};

  /** The records of the nodes, two each: a node, the number of nodes for nothing, or more. */
  MmdbBuilder tree(long... records) {
    tree = records;
    return metadata(metadata(records.length / 2, 24, 4, BUILD));
  }

  MmdbBuilder metadata(byte[] bytes) {
    metadata = bytes;
    return this;
  }

  MmdbBuilder data(byte[]... values) {
    for (byte[] value : values) {
      data.writeBytes(value);
    }
    return this;
  }

  MmdbBuilder end(byte[] bytes) {
    end = bytes;
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (long record : tree) {
      file.writeBytes(number(record, 3));
    }
    file.writeBytes(new byte[16]);
    file.writeBytes(data.toByteArray());
    file.writeBytes("\u00ab\u00cd\u00efMaxMind.com".getBytes(StandardCharsets.ISO_8859_1));
    file.writeBytes(metadata);
    file.writeBytes(end);
    return file.toByteArray();
  }

  /** A database of networks: what the right half of all addresses, from 128.0.0.0 on, is of. */
  static MmdbBuilder ofNetworks(String type, Instant build, byte[] network) {
    return new MmdbBuilder().tree(1, 17).metadata(metadata(type, 1, 24, 4, build)).data(network);
  }

  static byte[] metadata(long nodes, int recordSize, int ipVersion, Instant build) {
    return metadata("Test-City", nodes, recordSize, ipVersion, build);
  }

  private static byte[] metadata(
      String type, long nodes, int recordSize, int ipVersion, Instant build) {
    return map(
        text("node_count"), value(6, number(nodes, 4)),
        text("record_size"), value(5, number(recordSize, 2)),
        text("ip_version"), value(5, number(ipVersion, 2)),
        text("database_type"), text(type),
        text("languages"), joined(new byte[] {1, 4}, text("en")),
        text("binary_format_major_version"), value(5, number(2, 2)),
        text("binary_format_minor_version"), value(5, number(0, 2)),
        text("build_epoch"), value(9, number(build.getEpochSecond(), 8)),
        text("description"), map());
  }

  /** A record with a country and these coordinates, either of them null if it is not there. */
  static byte[] place(byte[] latitude, byte[] longitude) {
    byte[][] location =
        latitude == null
            ? new byte[][] {text("longitude"), longitude}
            : longitude == null
                ? new byte[][] {text("latitude"), latitude}
                : new byte[][] {text("latitude"), latitude, text("longitude"), longitude};
    return map(text("country"), country(text("DE")), text("location"), map(location));
  }

  /** A record with the number and the name of a network. */
  static byte[] network(long number, String organization) {
    return map(
        text("autonomous_system_number"), value(6, number(number, 4)),
        text("autonomous_system_organization"), text(organization));
  }

  static byte[] country(byte[] code) {
    return map(text("iso_code"), code);
  }

  static byte[] text(String text) {
    return value(2, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] number(double number) {
    return value(3, ByteBuffer.allocate(8).putDouble(number).array());
  }

  static byte[] map(byte[]... keysAndValues) {
    byte[] map = {(byte) (7 << 5 | keysAndValues.length / 2)};
    return joined(map, joined(keysAndValues));
  }

  /** Leads to a value by its place in the data. */
  static byte[] pointer(int place) {
    return new byte[] {(byte) (1 << 5 | place >> 8), (byte) place};
  }

  /** A value of a type, of up to 284 bytes. */
  static byte[] value(int type, byte[] payload) {
    int size = Math.min(payload.length, 29);
    byte[] head =
        type < 8
            ? new byte[] {(byte) (type << 5 | size)}
            : new byte[] {(byte) size, (byte) (type - 7)};
    byte[] more = size == 29 ? number(payload.length - 29, 1) : new byte[0];
    return joined(head, more, payload);
  }

  static byte[] number(long number, int bytes) {
    byte[] all = ByteBuffer.allocate(8).putLong(number).array();
    return Arrays.copyOfRange(all, 8 - bytes, 8);
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
