/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.mongodb;

import io.podtap.sensor.parse.Payload;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of what is inside a compressed message, as a message of its own. One thread.
 *
 * <pre>
 * | header 16 | original opCode 4 | uncompressed size 4 | compressor 1 | ... |
 * </pre>
 *
 * @see "MongoDB: OP_COMPRESSED"
 */
final class CompressedMessage {

  private static final int HEAD = 25;
  private static final int NONE = 0;
  private static final int SNAPPY = 1;
  private static final int ZLIB = 2;

  /** Bytes of the inner message that are looked at. */
  private static final int INNER_MAX = 512;

  private final byte[] inner = new byte[MongodbHeaders.LENGTH + INNER_MAX];
  private final byte[] body = new byte[INNER_MAX];
  private final Payload view = new Payload();

  /** Returns the inner message with a header of its own, or null when it cannot be read. */
  @Nullable Payload open(Payload message) {
    Payload packed = new Payload().wrap(message, HEAD, message.length());
    int length =
        switch (message.u8(HEAD - 1)) {
          case NONE -> plain(packed);
          case SNAPPY -> Snappy.decompress(packed, body);
          case ZLIB -> inflate(packed);
          default -> 0;
        };
    if (length <= 0) {
      return null;
    }
    message.copyTo(0, inner, 0, MongodbHeaders.LENGTH - 4);
    message.copyTo(MongodbHeaders.LENGTH, inner, MongodbHeaders.LENGTH - 4, 4);
    System.arraycopy(body, 0, inner, MongodbHeaders.LENGTH, length);
    return view.wrap(inner, 0, MongodbHeaders.LENGTH + length);
  }

  private int plain(Payload packed) {
    int count = Math.min(packed.length(), INNER_MAX);
    packed.copyTo(0, body, 0, count);
    return count;
  }

  private int inflate(Payload packed) {
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(packed.copy(0, packed.length()));
      int length = 0;
      while (length < INNER_MAX) {
        int more = inflater.inflate(body, length, INNER_MAX - length);
        if (more <= 0) {
          return length;
        }
        length += more;
      }
      return length;
    } catch (DataFormatException e) {
      return 0; // damaged, or cut off
    }
  }
}
