/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * pcapng read back, block by block; the last one may be cut off.
 *
 * @param types of all whole blocks
 * @param packets bytes of the enhanced packets
 * @param reports texts of the tap's reports, each with the number of packets before it
 */
public record Blocks(List<Integer> types, List<byte[]> packets, List<Report> reports) {

  /** A report, and how many packets stand before it. */
  public record Report(String text, int packetsBefore) {

    /** Returns the count behind a key. */
    public long count(String key) {
      int at = text.indexOf('\n' + key + '=');
      return Long.parseLong(text.substring(at + key.length() + 2).split("\n", 2)[0]);
    }
  }

  public static final int SECTION = 0x0A0D_0D0A;
  public static final int INTERFACE = 1;
  public static final int STATISTICS = 5;
  public static final int PACKET = 6;

  private static final int PACKET_HEADER = 28;

  /** Reads them. */
  public static Blocks read(byte[] stream) {
    Blocks blocks = new Blocks(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    ByteBuffer in = ByteBuffer.wrap(stream).order(ByteOrder.nativeOrder());
    while (in.remaining() >= 12) {
      int at = in.position();
      int length = in.getInt(at + 4);
      if (length < 12 || length % 4 != 0) {
        throw new IllegalStateException("length " + length + " at " + at);
      }
      if (length > in.remaining()) {
        break;
      }
      if (in.getInt(at + length - 4) != length) {
        throw new IllegalStateException("lengths differ at " + at);
      }
      blocks.add(stream, in, at, length);
      in.position(at + length);
    }
    return blocks;
  }

  private void add(byte[] stream, ByteBuffer in, int at, int length) {
    int type = in.getInt(at);
    types.add(type);
    if (type == PACKET) {
      int from = at + PACKET_HEADER;
      packets.add(Arrays.copyOfRange(stream, from, from + in.getInt(at + 20)));
    } else if (type == STATISTICS) {
      String text = new String(stream, at, length, StandardCharsets.UTF_8);
      int begin = text.indexOf("podtap-report 1\n");
      if (begin >= 0) {
        reports.add(new Report(text.substring(begin), packets.size()));
      }
    }
  }
}
