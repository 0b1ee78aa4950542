/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Decrypted bytes of one connection on their way to the consumer. Belongs to whoever holds it: the
 * pool, the decrypting thread, the queue, the consumer. On the heap, where the JDK's ciphers work
 * in place.
 */
final class Buffer {

  final MemorySegment segment;
  final ByteBuffer bytes;

  Buffer(int length) {
    byte[] array = new byte[length];
    segment = MemorySegment.ofArray(array);
    bytes = ByteBuffer.wrap(array);
  }
}
