/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.pcap;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/** Capture files written byte by byte, in either byte order. */
final class CaptureBytes {

  private final ByteBuffer bytes = ByteBuffer.allocate(64 << 10);

  CaptureBytes(ByteOrder order) {
    bytes.order(order);
  }

  CaptureBytes pcapHeader(int magic, int linkType) {
    bytes.putInt(magic).putShort((short) 2).putShort((short) 4).putLong(0).putInt(65_535);
    bytes.putInt(linkType);
    return this;
  }

  CaptureBytes record(int seconds, int fraction, int original, byte... data) {
    bytes.putInt(seconds).putInt(fraction).putInt(data.length).putInt(original).put(data);
    return this;
  }

  CaptureBytes section(ByteOrder order) {
    bytes.order(order);
    bytes
        .putInt(0x0A0D_0D0A)
        .putInt(28)
        .putInt(0x1A2B_3C4D)
        .putShort((short) 1)
        .putShort((short) 0);
    bytes.putLong(-1).putInt(28);
    return this;
  }

  /** A section of which a comment says something. */
  CaptureBytes section(ByteOrder order, String comment) {
    bytes.order(order);
    byte[] text = comment.getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 3) & ~3;
    int total = 28 + 4 + padded + 4;
    bytes.putInt(0x0A0D_0D0A).putInt(total).putInt(0x1A2B_3C4D).putInt(1).putLong(-1);
    return comment(text, padded).putTotal(total);
  }

  private CaptureBytes comment(byte[] text, int padded) {
    bytes.putShort((short) 1).putShort((short) text.length).put(text);
    bytes.put(new byte[padded - text.length]).putInt(0);
    return this;
  }

  private CaptureBytes putTotal(int total) {
    bytes.putInt(total);
    return this;
  }

  /** Statistics of interface 0 with nothing but a comment. */
  CaptureBytes statistics(String comment) {
    byte[] text = comment.getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 3) & ~3;
    int total = 24 + 4 + padded + 4;
    bytes.putInt(5).putInt(total).putInt(0).putLong(0);
    return comment(text, padded).putTotal(total);
  }

  /** A packet that the captured host sent, with a comment before its flags. */
  CaptureBytes outgoing(int id, long ticks, byte... data) {
    int padded = (data.length + 3) & ~3;
    int total = 32 + padded + 8 + 8 + 4;
    bytes.putInt(6).putInt(total).putInt(id).putInt((int) (ticks >>> 32)).putInt((int) ticks);
    bytes.putInt(data.length).putInt(data.length).put(data).put(new byte[padded - data.length]);
    bytes.putShort((short) 1).putShort((short) 2).put(new byte[] {'h', 'i', 0, 0});
    bytes.putShort((short) 2).putShort((short) 4).putInt(2).putInt(0).putInt(total);
    return this;
  }

  /** An interface with a time resolution and offset option. */
  CaptureBytes interfaceBlock(int linkType, int snaplen, int resolution, long offsetSeconds) {
    bytes.putInt(1).putInt(44).putShort((short) linkType).putShort((short) 0).putInt(snaplen);
    bytes.putShort((short) 9).putShort((short) 1).put((byte) resolution).put(new byte[3]);
    bytes.putShort((short) 14).putShort((short) 8).putLong(offsetSeconds).putInt(0).putInt(44);
    return this;
  }

  CaptureBytes plainInterfaceBlock(int linkType) {
    bytes.putInt(1).putInt(20).putShort((short) linkType).putShort((short) 0).putInt(0).putInt(20);
    return this;
  }

  CaptureBytes enhanced(int id, long ticks, int original, byte... data) {
    int padded = (data.length + 3) & ~3;
    bytes.putInt(6).putInt(32 + padded).putInt(id).putInt((int) (ticks >>> 32)).putInt((int) ticks);
    bytes.putInt(data.length).putInt(original).put(data).put(new byte[padded - data.length]);
    bytes.putInt(32 + padded);
    return this;
  }

  CaptureBytes obsolete(int id, long ticks, byte... data) {
    int padded = (data.length + 3) & ~3;
    bytes.putInt(2).putInt(32 + padded).putShort((short) id).putShort((short) 0);
    bytes.putInt((int) (ticks >>> 32)).putInt((int) ticks);
    bytes.putInt(data.length).putInt(data.length).put(data).put(new byte[padded - data.length]);
    bytes.putInt(32 + padded);
    return this;
  }

  CaptureBytes simple(int original, byte... data) {
    int padded = (data.length + 3) & ~3;
    bytes.putInt(3).putInt(16 + padded).putInt(original).put(data);
    bytes.put(new byte[padded - data.length]).putInt(16 + padded);
    return this;
  }

  CaptureBytes unknown(int type, int bodyLength) {
    bytes.putInt(type).putInt(12 + bodyLength).put(new byte[bodyLength]).putInt(12 + bodyLength);
    return this;
  }

  int length() {
    return bytes.position();
  }

  byte[] toArray() {
    byte[] all = new byte[bytes.position()];
    bytes.get(0, all);
    return all;
  }

  /** A channel over the first {@code length} bytes that gives a few bytes at a time. */
  static ReadableByteChannel channel(byte[] all, int length) {
    return Channels.newChannel(new ByteArrayInputStream(all, 0, length));
  }
}
