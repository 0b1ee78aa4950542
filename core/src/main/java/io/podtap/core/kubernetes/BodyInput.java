/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

import io.podtap.core.json.JsonReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of one answer: chunked, of a known length, or up to the connection's end. Ends where the
 * body ends; closing it does nothing. Returns what there is and does not wait for more.
 *
 * @see "RFC 9112 sections 6 and 7.1"
 */
public final class BodyInput extends InputStream {

  /** How the body's end is known, where it is not a length. */
  static final long CHUNKED = -1;

  static final long TO_THE_END = -2;

  private static final int LINE_BYTES_MAX = 4_096;
  private static final int TRAILER_LINES_MAX = 32;

  private final InputStream in;
  private final boolean chunked;
  private final boolean bounded;

  /** Bytes left of the body, or of the present chunk. */
  private long left;

  private boolean firstChunk = true;
  private boolean ended;

  /**
   * @param in what follows the empty line behind an answer's head
   * @param length in bytes, or {@link #CHUNKED}, or {@link #TO_THE_END}
   */
  BodyInput(InputStream in, long length) {
    this.in = in;
    chunked = length == CHUNKED;
    bounded = length != TO_THE_END;
    left = Math.max(length, 0);
    ended = length == 0;
  }

  /** Returns whether the body was read to its end, so that the connection may be used again. */
  boolean isComplete() {
    return ended && bounded;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (!ended && chunked && left == 0) {
      beginChunk();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(target, offset, bounded ? (int) Math.min(length, left) : length);
    if (count < 0) {
      ended = true;
      if (bounded) {
        throw new EOFException("the connection ended in the middle of an answer");
      }
      return -1;
    }
    left -= bounded ? count : 0;
    ended = bounded && !chunked && left == 0;
    return count;
  }

  @Override
  public int available() throws IOException {
    return ended ? 0 : in.available();
  }

  private void beginChunk() throws IOException {
    if (!firstChunk && !line(in).isEmpty()) {
      throw new JsonReader.MalformedException("a chunk is longer than it says");
    }
    firstChunk = false;
    String size = line(in);
    int extension = size.indexOf(';');
    try {
      left = Long.parseLong(extension < 0 ? size : size.substring(0, extension).strip(), 16);
    } catch (NumberFormatException e) {
      throw new JsonReader.MalformedException("a chunk without a size");
    }
    if (left < 0) {
      throw new JsonReader.MalformedException("a chunk of negative size");
    }
    if (left == 0) {
      for (int i = 0; !line(in).isEmpty(); i++) {
        if (i == TRAILER_LINES_MAX) {
          throw new JsonReader.MalformedException("too many lines behind the last chunk");
        }
      }
      ended = true;
    }
  }

  /** Reads one line of a head or between chunks, without its end. */
  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended in the middle of an answer");
      }
      if (line.length() == LINE_BYTES_MAX) {
        throw new JsonReader.MalformedException("a line of an answer is too long");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
