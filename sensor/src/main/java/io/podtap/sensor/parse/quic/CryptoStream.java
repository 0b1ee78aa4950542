/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import io.podtap.sensor.parse.HeapAccount;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.Payload;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Puts the CRYPTO frames of one end in order and finds the handshake messages in them. What lies
 * beyond the bound is left out: Hellos are far smaller.
 *
 * @see "RFC 9000 section 19.6; RFC 8446 section 4"
 */
final class CryptoStream {

  private static final int BYTES_MAX = 16_384;
  private static final int MESSAGE_HEADER_LENGTH = 4;

  private static final int FIRST_BYTES = 2_048;

  private final HeapAccount account;
  private byte[] bytes = new byte[FIRST_BYTES];
  private final BitSet received = new BitSet();
  private int messageAt;
  private boolean isFinished;

  /**
   * @param account of the flow, to which this counts
   */
  CryptoStream(HeapAccount account) {
    this.account = account;
    account.take(48 + HeapSize.bytes(FIRST_BYTES) + FIRST_BYTES / Byte.SIZE);
  }

  /** Returns the heap that it takes, with its marks for the bytes that have come. */
  long heapBytes() {
    return 48 + HeapSize.bytes(bytes.length) + bytes.length / Byte.SIZE;
  }

  /**
   * Takes {@code length} bytes that stand at {@code offset} of the stream; the first copy counts.
   */
  void put(long offset, byte[] source, int at, int length) {
    if (offset < 0 || offset >= BYTES_MAX || length <= 0) {
      return;
    }
    int from = (int) offset;
    int end = Math.min(from + length, BYTES_MAX);
    if (end > bytes.length) {
      long before = heapBytes();
      bytes = Arrays.copyOf(bytes, Math.min(Integer.highestOneBit(end) * 2, BYTES_MAX));
      account.take(heapBytes() - before);
    }
    for (int i = received.nextClearBit(from); i < end; i = received.nextClearBit(i + 1)) {
      bytes[i] = source[at + i - from];
      received.set(i);
    }
  }

  /**
   * Makes {@code message} the next handshake message, header included.
   *
   * @return false when it is not complete yet
   */
  boolean next(Payload message) {
    int there = received.nextClearBit(messageAt) - messageAt;
    if (there < MESSAGE_HEADER_LENGTH) {
      return false;
    }
    int length = MESSAGE_HEADER_LENGTH + body(messageAt);
    if (there < length) {
      return false;
    }
    message.wrap(bytes, messageAt, length);
    messageAt += length;
    isFinished = true;
    return true;
  }

  /** Returns whether a message was complete: what an end says in the clear is no more than that. */
  boolean isFinished() {
    return isFinished;
  }

  private int body(int at) {
    return (bytes[at + 1] & 0xFF) << 16 | (bytes[at + 2] & 0xFF) << 8 | (bytes[at + 3] & 0xFF);
  }
}
