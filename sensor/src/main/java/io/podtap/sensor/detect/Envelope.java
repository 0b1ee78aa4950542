/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way to a partition:
 *
 * <pre>
 *   version (1) | 1 where it raises notices (1) | groups (1), a bit each | length of the name (1)
 *   | name of the log | record
 * </pre>
 *
 * @param raises whether it may lead to notices here; elsewhere it is only to be known
 * @param groups whose detections take it
 * @param log the log's name
 * @param bytes of the whole
 * @param offset of the record in the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // a view, which nobody compares
record Envelope(boolean raises, Set<DetectionGroup> groups, String log, byte[] bytes, int offset) {

  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 4;

  /** Returns the bytes of an envelope. */
  static byte[] write(boolean raises, Set<DetectionGroup> groups, String log, byte[] record) {
    byte[] name = log.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[HEADER_BYTES + name.length + record.length];
    int mask = 0;
    for (DetectionGroup group : groups) {
      mask |= 1 << group.ordinal();
    }
    bytes[0] = VERSION;
    bytes[1] = (byte) (raises ? 1 : 0);
    bytes[2] = (byte) mask;
    bytes[3] = (byte) name.length;
    System.arraycopy(name, 0, bytes, HEADER_BYTES, name.length);
    System.arraycopy(record, 0, bytes, HEADER_BYTES + name.length, record.length);
    return bytes;
  }

  /** Reads an envelope; null when the bytes are invalid or of another version. */
  static @Nullable Envelope read(byte[] bytes) {
    if (bytes.length < HEADER_BYTES || bytes[0] != VERSION) {
      return null;
    }
    int offset = HEADER_BYTES + (bytes[3] & 0xFF);
    if (offset > bytes.length) {
      return null;
    }
    Set<DetectionGroup> groups = EnumSet.noneOf(DetectionGroup.class);
    for (DetectionGroup group : DetectionGroup.values()) {
      if ((bytes[2] & 1 << group.ordinal()) != 0) {
        groups.add(group);
      }
    }
    String log = new String(bytes, HEADER_BYTES, offset - HEADER_BYTES, StandardCharsets.US_ASCII);
    return new Envelope(bytes[1] == 1, groups, log, bytes, offset);
  }
}
